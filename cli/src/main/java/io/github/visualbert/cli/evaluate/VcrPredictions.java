package io.github.visualbert.cli.evaluate;

import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;

/**
 * Choices among VCR's answers or rationales: lines that {@code visualbert run} wrote with the
 * {@code annot_id} as id.
 */
final class VcrPredictions {
  /** Answers and rationales that each question offers. */
  static final int CHOICES = 4;

  private VcrPredictions() {}

  static Predictions<Integer> read(Path file) {
    try (ByteSource source = ByteSource.open(file)) {
      return read(source);
    }
  }

  static Predictions<Integer> read(ByteSource source) {
    Predictions<Integer> predictions = new Predictions<>(source.file());
    JsonRecords.forEach(
        source,
        (record, line) -> {
          ReplyLine reply = ReplyLine.of(record, "vcr");
          if (reply.failed()) {
            predictions.addFailure(reply.id(), line);
          } else {
            predictions.add(reply.id(), line, choice(reply.best(), "index"));
          }
        });
    return predictions;
  }

  /** Returns the index of a choice, from 0. */
  static int choice(JsonObject record, String key) {
    int choice = record.getInt(key);
    if (choice < 0 || choice >= CHOICES) {
      throw record.expected(key, "0 to " + (CHOICES - 1));
    }
    return choice;
  }
}
