package io.github.visualbert.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What stands on top of the encoder: a constant for each class of Hugging Face's {@code
 * modeling_visual_bert.py}.
 */
public enum HeadType {
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

  /**
   * Returns the name of the class in transformers, as {@code architectures} in config.json has it.
   */
  public String className() {
    return className;
  }

  /** Returns the names of all classes. */
  public static List<String> classNames() {
    return Arrays.stream(values()).map(HeadType::className).toList();
  }

  /** Returns the head of a class in transformers, or empty when there is no such class. */
  public static Optional<HeadType> of(String className) {
    for (HeadType head : values()) {
      if (head.className.equals(className)) {
        return Optional.of(head);
      }
    }
    return Optional.empty();
  }

  /** Returns whether an output depends on the pooler. The base model may be opened without it. */
  public boolean readsPooler() {
    return this != QUESTION_ANSWERING && this != REGION_TO_PHRASE;
  }
}
