package io.github.visualbert.ask;

import io.github.visualbert.config.HeadType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The tasks of models, by their names in the options and files of {@code visualbert run}. */
public enum TaskName {
  VQA(HeadType.QUESTION_ANSWERING, 1, "question"),
  NLVR2(HeadType.VISUAL_REASONING, 2, "statement"),
  VCR(HeadType.MULTIPLE_CHOICE, 1, "question"),
  FLICKR(HeadType.REGION_TO_PHRASE, 1, "caption"),
  PRETRAIN(HeadType.PRE_TRAINING, 1, "text"),
  /** Works with every head. */
  ENCODE(null, 1, "text");

  private final HeadType head;
  private final int pictures;
  private final String textField;

  TaskName(HeadType head, int pictures, String textField) {
    this.head = head;
    this.pictures = pictures;
    this.textField = textField;
  }

  /** Returns the head that a model needs for this task, or null if any works. */
  public HeadType head() {
    return head;
  }

  /** Returns how many pictures a text is about. */
  public int pictures() {
    return pictures;
  }

  /** Returns the name of the text's field in a batch file. */
  public String textField() {
    return textField;
  }

  /** Returns the fields that every row of a batch file has, apart from its picture. */
  public List<String> columns() {
    return switch (this) {
      case VCR -> List.of(textField, "choices");
      case FLICKR -> List.of(textField, "phrases");
      default -> List.of(textField);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the task of a name. */
  public static Optional<TaskName> of(String name) {
    return Arrays.stream(values()).filter(task -> task.toString().equals(name)).findFirst();
  }
}
