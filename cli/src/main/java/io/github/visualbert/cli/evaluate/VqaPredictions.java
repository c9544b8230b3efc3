package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;

/**
 * Answers to VQA's questions: the official {@code result.json}, an array of {@code question_id} and
 * {@code answer}, or lines that {@code visualbert run} wrote, of which the first answer counts.
 */
public final class VqaPredictions {
  private final Predictions<String> predictions;

  private VqaPredictions(Predictions<String> predictions) {
    this.predictions = predictions;
  }

  /**
   * Reads a file of either kind.
   *
   * @throws InputException when it cannot be read, is of neither kind, answers a question twice or
   *     has placeholders like LABEL_7 for answers
   */
  public static VqaPredictions read(Path file) {
    Predictions<String> predictions = new Predictions<>(file);
    JsonRecords.forEach(
        file,
        (record, line) -> {
          if (ReplyLine.isOne(record)) {
            ReplyLine reply = ReplyLine.of(record, "vqa");
            if (reply.failed()) {
              predictions.addFailure(reply.id(), line);
            } else {
              predictions.add(reply.id(), line, answer(reply.best()));
            }
          } else {
            predictions.add(ReplyLine.id(record, "question_id"), line, record.getString("answer"));
          }
        });
    return new VqaPredictions(predictions);
  }

  private static String answer(JsonObject best) {
    if (best.get("placeholder") instanceof JsonValue.Bool(boolean placeholder) && placeholder) {
      throw best.expected("label", "the name of an answer, which run takes from --labels");
    }
    return best.getString("label");
  }

  Predictions<String> predictions() {
    return predictions;
  }

  /** Returns the number of questions with an answer. */
  public int size() {
    return predictions.ids().size();
  }

  /**
   * Checks that there is an answer for every line of the file.
   *
   * @throws InputException when some failed, or there is none at all
   */
  public void requireComplete() {
    List<Line> failures = predictions.failures();
    if (!failures.isEmpty()) {
      throw failures
          .getFirst()
          .mismatch(
              "expected an answer, found the first of %d errors; --allow-missing leaves them out"
                  .formatted(failures.size()));
    }
    if (size() == 0) {
      throw new InputException(
          Kind.MISMATCH, predictions.file() + ": expected answers, found none");
    }
  }

  /**
   * Writes the {@code result.json} that the evaluation server takes: an array of {@code
   * question_id}, an integer, and {@code answer}.
   *
   * @throws InputException when an id is not an integer
   */
  public void writeResult(Writer out) throws IOException {
    String separator = "[";
    for (String id : predictions.ids()) {
      out.write(separator);
      JsonWriter result = new JsonWriter().beginObject();
      result.field("question_id", integer(id)).field("answer", predictions.get(id).value());
      out.write(result.endObject().toString());
      separator = ",\n";
    }
    out.write(separator.equals("[") ? "[]\n" : "]\n");
  }

  private long integer(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      throw predictions
          .get(id)
          .line()
          .mismatch("a result.json needs integers as question ids, found " + JsonWriter.quote(id));
    }
  }
}
