package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataType;

/** A question to a model: the texts of its task, then its pictures. */
record AskCall(AskSettings settings) implements RowCall {
  private static final long serialVersionUID = 1L;

  static String name(TaskName task) {
    return "visualbert_" + task;
  }

  /** Returns the names of the arguments of a task. */
  static List<String> arguments(TaskName task) {
    return switch (task) {
      case NLVR2 -> List.of("statement", "left", "right");
      case VCR -> List.of("question", "choices", "picture");
      case FLICKR -> List.of("caption", "phrases", "picture");
      default -> List.of(task.textField(), "picture");
    };
  }

  @Override
  public String name() {
    return name(settings.task());
  }

  @Override
  public List<String> arguments() {
    return arguments(settings.task());
  }

  @Override
  public DataType resultType() {
    return ReplyRows.resultType(settings);
  }

  @Override
  public Computation open() {
    Answering answering = new Answering(settings);
    List<String> texts = settings.task().columns();
    return (arguments, id) -> {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (int i = 0; i < texts.size(); i++) {
        if (arguments[i] != null) {
          fields.put(texts.get(i), ValueTypes.plain(arguments[i]));
        }
      }
      List<Object> pictures = Arrays.asList(arguments).subList(texts.size(), arguments().size());
      TaskRow row =
          new TaskRow(id, fields, pictures.size() == 1 ? "picture" : "pictures", pictures);
      return answering.rows().result(answering.answer(row));
    };
  }
}
