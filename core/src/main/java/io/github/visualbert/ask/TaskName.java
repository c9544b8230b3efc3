package io.github.visualbert.ask;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

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

  /**
   * Opens a model with the head that this task needs.
   *
   * @param builder returns a new builder for the folder, with all other settings
   * @throws ModelException when the model has another head, or the folder cannot be used
   */
  public VisualBert open(Path folder, Supplier<VisualBertBuilder> builder) {
    VisualBert opened = builder.get().open();
    if (head == null ? opened.headType().readsPooler() : opened.headType() == head) {
      return opened;
    }
    opened.close();
    if (head == null) { // any head works, with a pooler
      return builder.get().head(HeadType.BASE).open();
    }
    if (opened.config().architectures().isEmpty()) { // the configuration names no head
      return builder.get().head(head).open();
    }
    throw new ModelException(
        Kind.MISMATCH,
        "%s: is a %s, task %s needs a %s"
            .formatted(folder, opened.headType().className(), this, head.className()));
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
