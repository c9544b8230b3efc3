package io.github.visualbert.cli.batch.json;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.RowReader;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;

/** Rows of JSON lines: one object a line, with the fields of the task. */
public final class JsonRowSource implements RowSource {
  private final JsonLines lines;
  private final RowReader parser;

  /** Takes ownership of the lines and the parser, which {@link #close} closes. */
  public JsonRowSource(JsonLines lines, RowReader parser) {
    this.lines = lines;
    this.parser = parser;
  }

  @Override
  public Row next() {
    byte[] line = lines.next();
    if (line == null) {
      return null;
    }
    String place = "line " + lines.number();
    JsonValue id = lineNumber();
    try {
      lines.requireWhole();
      JsonObject row = Json.parseObject(line);
      id = id(row);
      return new Row.Asked(place, parser.request(id, row));
    } catch (JsonException e) {
      return new Row.Faulty(place, new Reply.Failed(id, place + ": " + e.problemInLine()));
    } catch (InputException e) {
      return new Row.Faulty(place, new Reply.Failed(id, place + ": " + e.getMessage()));
    } catch (OutOfMemoryError e) {
      return Row.Faulty.ofMemory(place, id);
    }
  }

  @Override
  public JsonValue skip() {
    byte[] line = lines.next();
    if (line == null) {
      return null;
    }
    try {
      lines.requireWhole();
      return id(Json.parseObject(line));
    } catch (JsonException | InputException _) { // an invalid row was answered with this id
      return lineNumber();
    }
  }

  @Override
  public double progress() {
    return lines.progress();
  }

  @Override
  public void close() {
    try (parser) {
      lines.close();
    }
  }

  private JsonValue lineNumber() {
    return new JsonValue.Text(Long.toString(lines.number()));
  }

  private JsonValue id(JsonObject row) {
    String field = parser.idField();
    return row.has(field) ? row.get(field) : lineNumber();
  }
}
