package io.github.visualbert.cli;

import io.github.visualbert.weights.HeadType;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The tasks that {@code visualbert run} knows, by their names on the command line. */
enum TaskName {
  VQA(HeadType.QUESTION_ANSWERING, "vqa", 1, "question"),
  NLVR2(HeadType.VISUAL_REASONING, "nlvr2", 2, "statement"),
  VCR(HeadType.MULTIPLE_CHOICE, "multiple-choice", 1, "question"),
  FLICKR(HeadType.REGION_TO_PHRASE, "region-to-phrase", 1, "caption"),
  PRETRAIN(HeadType.PRE_TRAINING, "pretraining", 1, "text"),
  /** Works with every head; the demo model is one that has a pooler. */
  ENCODE(null, "pretraining", 1, "text");

  private final HeadType head;
  private final String demoModel;
  private final int pictures;
  private final String textField;

  TaskName(HeadType head, String demoModel, int pictures, String textField) {
    this.head = head;
    this.demoModel = demoModel;
    this.pictures = pictures;
    this.textField = textField;
  }

  /** Returns the head that a model needs for this task, or null when any will do. */
  HeadType head() {
    return head;
  }

  /** Returns the folder of the demo model of this task. */
  String demoModel() {
    return demoModel;
  }

  /** Returns how many pictures a text is about. */
  int pictures() {
    return pictures;
  }

  /** Returns what a batch file calls the text. */
  String textField() {
    return textField;
  }

  /** Returns the fields that every row of a batch file has, apart from its picture. */
  List<String> columns() {
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

  /** Reads what the command line calls them. */
  static final class Converter implements ITypeConverter<TaskName> {
    @Override
    public TaskName convert(String value) {
      for (TaskName task : values()) {
        if (task.toString().equals(value)) {
          return task;
        }
      }
      throw new TypeConversionException(
          "expected vqa, nlvr2, vcr, flickr, pretrain or encode, found '" + value + "'");
    }
  }
}
