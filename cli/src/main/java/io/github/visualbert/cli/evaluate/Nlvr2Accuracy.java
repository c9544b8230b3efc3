package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Accuracy and consistency of NLVR2 (Suhr et al. 2019), as its {@code eval/metrics.py} measures
 * them.
 *
 * <p>Annotations are the published lines of JSON with {@code identifier}, {@code
 * split-set-pair-sentence}, and {@code label}, {@code True} or {@code False}. Predictions are lines
 * {@code identifier,True}, or those that {@code visualbert run} wrote with identifiers as ids.
 */
public final class Nlvr2Accuracy {
  private Nlvr2Accuracy() {}

  /**
   * Scores predictions.
   *
   * @param allowMissing whether examples without a prediction count as wrong, and predictions
   *     without an example do not count
   * @throws InputException when a file is invalid, or predictions are missing and must not
   */
  public static Nlvr2Scores evaluate(Path predictions, Path annotations, boolean allowMissing) {
    Pairing<Boolean> pairing = new Pairing<>(read(predictions), annotations, allowMissing);
    Map<String, Boolean> sentences = new HashMap<>();
    long[] right = new long[2]; // right ones and all
    JsonRecords.forEach(
        annotations,
        (example, line) -> {
          String identifier = example.getString("identifier");
          boolean label = label(example);
          Boolean predicted = pairing.match(identifier, line);
          boolean isRight = predicted != null && predicted == label;
          right[0] += isRight ? 1 : 0;
          right[1]++;
          sentences.merge(sentence(example), isRight, Boolean::logicalAnd);
        });
    long consistent = sentences.values().stream().filter(all -> all).count();
    return new Nlvr2Scores(
        new Share(right[0], right[1]), new Share(consistent, sentences.size()), pairing.finish());
  }

  /** Returns which sentence an example is about: its identifier without the pair of pictures. */
  private static String sentence(JsonObject example) {
    String[] parts = example.getString("identifier").split("-", -1);
    if (parts.length != 4) {
      throw example.expected("identifier", "split-set-pair-sentence");
    }
    return parts[0] + "-" + parts[1] + "-" + parts[3];
  }

  private static boolean label(JsonObject example) {
    if (example.get("label") instanceof JsonValue.Bool(boolean label)) {
      return label;
    }
    Boolean label = truth(example.getString("label"));
    if (label == null) {
      throw example.expected("label", "True or False");
    }
    return label;
  }

  private static Predictions<Boolean> read(Path file) {
    Predictions<Boolean> predictions = new Predictions<>(file);
    try (ByteSource source = ByteSource.open(file)) {
      if (JsonRecords.follow(source)) {
        JsonRecords.forEach(source, (record, line) -> add(record, line, predictions));
      } else {
        while (source.peekAfterSpace() >= 0) {
          Line line = source.line();
          add(source.readText(), line, predictions);
        }
      }
    }
    return predictions;
  }

  private static void add(JsonObject record, Line line, Predictions<Boolean> predictions) {
    ReplyLine reply = ReplyLine.of(record, "nlvr2");
    if (reply.failed()) {
      predictions.addFailure(reply.id(), line);
      return;
    }
    JsonObject best = reply.best();
    Boolean named = truth(best.getString("label", ""));
    int index = named == null ? best.getInt("index") : -1; // the model does not name its classes
    if (named == null && index != 0 && index != 1) {
      throw best.expected("index", "1 for true or 0 for false");
    }
    predictions.add(reply.id(), line, named == null ? index == 1 : named);
  }

  private static void add(String text, Line line, Predictions<Boolean> predictions) {
    String[] columns = text.split(",", -1);
    Boolean predicted = columns.length == 2 ? truth(columns[1].strip()) : null;
    if (predicted == null) {
      throw line.malformed("expected identifier,True or identifier,False");
    }
    predictions.add(columns[0].strip(), line, predicted);
  }

  private static Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> null;
    };
  }
}
