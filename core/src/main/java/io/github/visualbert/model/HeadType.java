package io.github.visualbert.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The models of the family, by the class names of transformers. */
public enum HeadType {
  /** Embeddings, encoder and pooler alone. */
  BASE("VisualBertModel"),
  PRE_TRAINING("VisualBertForPreTraining"),
  QUESTION_ANSWERING("VisualBertForQuestionAnswering"),
  MULTIPLE_CHOICE("VisualBertForMultipleChoice"),
  VISUAL_REASONING("VisualBertForVisualReasoning"),
  REGION_TO_PHRASE("VisualBertForRegionToPhraseAlignment");

  private final String className;

  HeadType(String className) {
    this.className = className;
  }

  /** Returns the name of the transformers class, as {@code architectures} of a config.json has it. */
  public String className() {
    return className;
  }

  /** Returns the type of a transformers class. */
  public static Optional<HeadType> of(String className) {
    return Arrays.stream(values()).filter(type -> type.className.equals(className)).findFirst();
  }

  /** Returns the names of all classes. */
  public static List<String> classNames() {
    return Arrays.stream(values()).map(HeadType::className).toList();
  }
}
