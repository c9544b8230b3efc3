package io.github.visualbert.ask;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.List;

/** Reads requests from rows with the fields of a task. Not thread-safe. */
public final class RequestReader {
  private final TaskName task;
  private final PictureCache pictures;

  public RequestReader(TaskName task, PictureCache pictures) {
    this.task = task;
    this.pictures = pictures;
  }

  public TaskName task() {
    return task;
  }

  /**
   * Returns the request of a row.
   *
   * @param given the picture, if the row holds its features; null if it names files
   * @throws InputException when a text or a picture is invalid
   * @throws io.github.visualbert.internal.json.JsonException when a field is missing or of another
   *     kind
   */
  public Request request(JsonValue id, JsonObject row, VisualFeatures given) {
    String text = row.getString(task.textField());
    List<String> choices = task == TaskName.VCR ? row.getArray("choices").toStrings() : List.of();
    List<Phrase> phrases =
        task == TaskName.FLICKR ? phrases(text, row.getArray("phrases")) : List.of();
    return new Request(
        id, text, choices, phrases, given == null ? pictures(row) : List.of(only(given)));
  }

  /** Reads phrases, which are either all strings or all pairs of begin and end offsets. */
  private static List<Phrase> phrases(String caption, JsonArray phrases) {
    if (phrases.size() == 0 || phrases.get(0) instanceof JsonValue.Text) {
      return PhraseGrounding.find(caption, phrases.toStrings());
    }
    List<Phrase> found = new ArrayList<>();
    for (int i = 0; i < phrases.size(); i++) {
      JsonArray range = phrases.getArray(i);
      if (range.size() != 2) {
        throw phrases.expected(i, "a string or an array of its begin and end offsets");
      }
      found.add(phrase(caption, range.getInt(0), range.getInt(1)));
    }
    return found;
  }

  /** Makes a phrase from offsets in Unicode code points, which Python's offsets are. */
  private static Phrase phrase(String caption, int begin, int end) {
    int length = caption.codePointCount(0, caption.length());
    if (begin < 0 || end > length || begin >= end) {
      throw new InputException(
          Kind.MISMATCH,
          "a phrase is at %d to %d, expected a range within 0 to %d of the caption"
              .formatted(begin, end, length));
    }
    return new Phrase(caption.offsetByCodePoints(0, begin), caption.offsetByCodePoints(0, end));
  }

  private VisualFeatures only(VisualFeatures given) {
    if (task.pictures() != 1) {
      throw new InputException(
          Kind.MISMATCH,
          "%s is one picture, task %s takes %d; name their files"
              .formatted(given.source(), task, task.pictures()));
    }
    return pictures.fitting(given);
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
