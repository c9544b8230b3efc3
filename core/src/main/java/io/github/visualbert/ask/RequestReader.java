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
import java.util.function.Supplier;

/** Reads requests from rows with the fields of a task. Not thread-safe. */
public final class RequestReader implements RowReader {
  private final TaskName task;
  private final PictureCache pictures;

  public RequestReader(TaskName task, PictureCache pictures) {
    this.task = task;
    this.pictures = pictures;
  }

  public TaskName task() {
    return task;
  }

  @Override
  public String idField() {
    return "id";
  }

  @Override
  public Request request(JsonValue id, JsonObject row) {
    return request(id, row, () -> RowPictures.of(row));
  }

  /**
   * Returns the request of a row.
   *
   * @param given returns the pictures of the row, and is asked after its text was read
   * @throws InputException when a text or a picture is invalid
   * @throws io.github.visualbert.internal.json.JsonException when a field is missing or of another
   *     kind
   */
  public Request request(JsonValue id, JsonObject row, Supplier<RowPictures> given) {
    if (task == TaskName.VCR && row.get(task.textField()) instanceof JsonArray) {
      throw new InputException(
          Kind.MISMATCH,
          "question: expected a string, found the words and tags of VCR's annotations; they need"
              + " --images DIR");
    }
    String text = row.getString(task.textField());
    List<String> choices = task == TaskName.VCR ? row.getArray("choices").toStrings() : List.of();
    List<Phrase> phrases =
        task == TaskName.FLICKR ? phrases(text, row.getArray("phrases")) : List.of();
    return new Request(id, text, choices, phrases, regions(given.get()));
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

  private List<VisualFeatures> regions(RowPictures given) {
    if (given.pictures().size() != task.pictures()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d pictures, task %s takes %d"
              .formatted(given.field(), given.pictures().size(), task, task.pictures()));
    }
    return given.pictures().stream().map(pictures::regions).toList();
  }

  /** Closes the feature files that are open. A later request opens them again. */
  @Override
  public void close() {
    pictures.close();
  }
}
