package io.github.visualbert.cli.evaluate;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;

/**
 * A line that {@code visualbert run} wrote: {@code id}, {@code task} and {@code answers}, or {@code
 * id} and {@code error}.
 *
 * @param answers the best first; null where the task failed
 */
record ReplyLine(String id, JsonArray answers) {
  /** Returns whether a record is such a line. */
  static boolean isOne(JsonObject record) {
    return record.has("answers") || record.has("error");
  }

  /**
   * Reads a line.
   *
   * @throws JsonException when it is not such a line, or of another task
   */
  static ReplyLine of(JsonObject record, String task) {
    String id = id(record, "id");
    if (!record.getString("task", task).equals(task)) {
      throw record.expected("task", task);
    }
    if (record.has("error")) {
      return new ReplyLine(id, null);
    }
    JsonArray answers = record.getArray("answers");
    if (answers.size() == 0) {
      throw record.expected("answers", "at least one answer");
    }
    return new ReplyLine(id, answers);
  }

  boolean failed() {
    return answers == null;
  }

  /** Returns the best answer. */
  JsonObject best() {
    return answers.getObject(0);
  }

  /** Returns an id; {@code 7} and {@code "7"} are the same one. */
  static String id(JsonObject record, String key) {
    return switch (record.get(key)) {
      case JsonValue.Text(String text) -> text;
      case JsonValue.Int(long number) -> Long.toString(number);
      case null, default -> throw record.expected(key, "a string or an integer");
    };
  }
}
