package io.github.visualbert.cli;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Rows of JSON lines: one object a line, with the fields of the task. */
final class JsonRowSource implements RowSource {
  private final JsonLines lines;
  private final TaskName task;
  private final Pictures pictures;

  /** Takes over the lines, to be closed with this. */
  JsonRowSource(JsonLines lines, TaskName task, Pictures pictures) {
    this.lines = lines;
    this.task = task;
    this.pictures = pictures;
  }

  @Override
  public Row next() {
    String line = lines.next();
    if (line == null) {
      return null;
    }
    String place = "line " + lines.number();
    JsonValue id = lineNumber();
    try {
      JsonObject row = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
      id = id(row);
      return new Row.Asked(place, request(id, row));
    } catch (JsonException | InputException | IllegalArgumentException e) {
      return new Row.Faulty(place, new Reply.Failed(id, place + ": " + e.getMessage()));
    }
  }

  @Override
  public JsonValue skip() {
    String line = lines.next();
    if (line == null) {
      return null;
    }
    try {
      return id(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
    } catch (JsonException _) { // a faulty row was answered under this id
      return lineNumber();
    }
  }

  @Override
  public double progress() {
    return lines.progress();
  }

  @Override
  public void close() {
    lines.close();
  }

  private JsonValue lineNumber() {
    return new JsonValue.Text(Long.toString(lines.number()));
  }

  private JsonValue id(JsonObject row) {
    return row.has("id") ? row.get("id") : lineNumber();
  }

  private Request request(JsonValue id, JsonObject row) {
    String text = row.getString(task.textField());
    List<String> choices =
        task == TaskName.VCR ? row.getArray("choices").toStrings() : List.of();
    List<Phrase> phrases =
        task == TaskName.FLICKR ? phrases(text, row.getArray("phrases")) : List.of();
    return new Request(id, text, choices, phrases, pictures(row));
  }

  /** Reads phrases that are all words, or all pairs of where they begin and end. */
  private static List<Phrase> phrases(String caption, JsonArray phrases) {
    if (phrases.size() == 0 || phrases.get(0) instanceof JsonValue.Text) {
      return PhraseGrounding.find(caption, phrases.toStrings());
    }
    List<Phrase> found = new ArrayList<>();
    for (int i = 0; i < phrases.size(); i++) {
      JsonArray range = phrases.getArray(i);
      if (range.size() != 2) {
        throw phrases.expected(i, "words or an array of where they begin and end");
      }
      found.add(phrase(caption, range.getInt(0), range.getInt(1)));
    }
    return found;
  }

  /** Makes a phrase from offsets that count characters as Unicode does, and so does Python. */
  static Phrase phrase(String caption, int begin, int end) {
    int length = caption.codePointCount(0, caption.length());
    if (begin < 0 || end > length || begin >= end) {
      throw new InputException(
          Kind.MISMATCH,
          "a phrase is at %d to %d, expected a range within 0 to %d of the caption"
              .formatted(begin, end, length));
    }
    return new Phrase(
        caption.offsetByCodePoints(0, begin), caption.offsetByCodePoints(0, end));
  }

  private List<VisualFeatures> pictures(JsonObject row) {
    String key = null;
    for (String candidate : List.of("image", "images", "features")) {
      if (row.has(candidate)) {
        if (key != null) {
          throw new InputException(
              Kind.MALFORMED, "has " + key + " and " + candidate + ", expected one of them");
        }
        key = candidate;
      }
    }
    if (key == null) {
      throw new InputException(Kind.MALFORMED, "expected image, images or features");
    }
    List<String> files =
        row.get(key) instanceof JsonArray several
            ? several.toStrings()
            : List.of(row.getString(key));
    if (files.size() != task.pictures()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d pictures, task %s takes %d"
              .formatted(key, files.size(), task, task.pictures()));
    }
    List<VisualFeatures> seen = new ArrayList<>();
    for (String file : files) {
      seen.add(key.equals("features") ? pictures.features(file) : pictures.image(file));
    }
    return seen;
  }
}
