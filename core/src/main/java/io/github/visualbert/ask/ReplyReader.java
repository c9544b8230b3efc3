package io.github.visualbert.ask;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Reads the lines of JSON that {@link ReplyWriter} writes. */
public final class ReplyReader {
  private final TaskName task;

  public ReplyReader(TaskName task) {
    this.task = task;
  }

  /** Parses a line, whose numbers are not limited: it may hold all vectors of a model's output. */
  public static JsonObject parse(byte[] line) {
    return Json.parseObject(line, Integer.MAX_VALUE);
  }

  /**
   * Returns the reply on a line. Every number has the bits that it was written with.
   *
   * @throws io.github.visualbert.internal.json.JsonException when it is not a reply
   */
  public Reply reply(byte[] line) {
    JsonObject object = parse(line);
    JsonValue id = object.get("id");
    if (object.has("error")) {
      return new Reply.Failed(id, object.getString("error"));
    }
    boolean truncated = object.has("truncated");
    if (task == TaskName.ENCODE) {
      return new Reply.Vectors(
          id,
          vector(object.getArray("pooler_output")),
          object.has("last_hidden_state") ? matrix(object.getArray("last_hidden_state")) : null,
          truncated);
    }
    OptionalDouble match =
        object.has("match") ? OptionalDouble.of(object.getDouble("match")) : OptionalDouble.empty();
    return new Reply.Answers(id, groups(object.getArray("answers")), match, truncated);
  }

  private static List<Reply.Group> groups(JsonArray answers) {
    List<Reply.Group> groups = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      JsonObject answer = answers.getObject(i);
      String about =
          answer.has("phrase") ? answer.getString("phrase") : answer.has("mask") ? "[MASK]" : null;
      if (!answer.has("mask") || groups.size() < answer.getInt("mask")) {
        groups.add(new Reply.Group(about, new ArrayList<>(), new ArrayList<>()));
      }
      groups
          .getLast()
          .answers()
          .add(
              new Answer(
                  answer.getString("label"), answer.getInt("index"), answer.getDouble("score")));
      if (answer.has("box")) {
        JsonArray box = answer.getArray("box");
        groups
            .getLast()
            .boxes()
            .add(
                new Box(
                    (float) box.getDouble(0),
                    (float) box.getDouble(1),
                    (float) box.getDouble(2),
                    (float) box.getDouble(3)));
      }
    }
    return groups;
  }

  private static Tensor vector(JsonArray numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) numbers.getDouble(i);
    }
    return Tensor.of(values, values.length);
  }

  private static Tensor matrix(JsonArray rows) {
    int columns = rows.getArray(0).size();
    float[] values = new float[rows.size() * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rows.getArray(i / columns).getDouble(i % columns);
    }
    return Tensor.of(values, rows.size(), columns);
  }
}
