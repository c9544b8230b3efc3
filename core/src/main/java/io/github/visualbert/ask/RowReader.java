package io.github.visualbert.ask;

import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;

/** Reads requests from rows, which are JSON objects. Not thread-safe. */
public interface RowReader extends AutoCloseable {
  /** Returns the field that identifies a row. */
  String idField();

  /**
   * Returns the request of a row.
   *
   * @throws io.github.visualbert.error.InputException when a text or a picture is invalid
   * @throws io.github.visualbert.internal.json.JsonException when a field is missing or of another
   *     kind
   */
  Request request(JsonValue id, JsonObject row);

  @Override
  void close();
}
