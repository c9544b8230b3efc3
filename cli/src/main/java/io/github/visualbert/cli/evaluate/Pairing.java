package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.evaluate.Predictions.Prediction;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Matches predictions and annotations by id. An id that only one side has is an error, unless that
 * is allowed. Not thread-safe.
 *
 * @param <T> a prediction
 */
final class Pairing<T> {
  private final Predictions<T> predictions;
  private final Path annotations;
  private final boolean allowMissing;
  private final Set<String> annotated = new HashSet<>();
  private final Names missing = new Names();
  private final Names extra = new Names();

  Pairing(Predictions<T> predictions, Path annotations, boolean allowMissing) {
    this.predictions = predictions;
    this.annotations = annotations;
    this.allowMissing = allowMissing;
  }

  /**
   * Returns the prediction for an annotated id, or null when there is none, which counts as
   * missing.
   *
   * @throws InputException when the id was annotated before
   */
  T match(String id, Line line) {
    Prediction<T> prediction = find(id, line);
    if (prediction == null) {
      missing(id);
      return null;
    }
    return prediction.value();
  }

  /**
   * Returns the prediction for an annotated id, or null when there is none, which does not count as
   * missing.
   */
  Prediction<T> find(String id, Line line) {
    if (!annotated.add(id)) {
      throw line.mismatch(id + " is annotated twice");
    }
    return predictions.get(id);
  }

  /** Returns the line of the prediction for an id. */
  Line line(String id) {
    return predictions.get(id).line();
  }

  /** Records that a prediction is missing. */
  void missing(String name) {
    missing.add(name);
  }

  /** Records a prediction without an annotation. */
  void extra(String name) {
    extra.add(name);
  }

  /**
   * Returns how many ids only one side has.
   *
   * @throws InputException when there are such ids and that is not allowed, or nothing is annotated
   */
  Coverage finish() {
    if (annotated.isEmpty()) {
      throw new InputException(Kind.MISMATCH, annotations + ": expected annotations, found none");
    }
    for (String id : predictions.ids()) {
      if (!annotated.contains(id)) {
        extra.add(id);
      }
    }
    if (!allowMissing && missing.count() + extra.count() > 0) {
      throw new InputException(Kind.MISMATCH, predictions.file() + ": " + mismatch());
    }
    return new Coverage(missing.count(), extra.count());
  }

  private String mismatch() {
    List<String> parts = new ArrayList<>();
    if (missing.count() > 0) {
      parts.add("%d of %s are not predicted (%s)".formatted(missing.count(), annotations, missing));
      List<Line> failures = predictions.failures();
      if (!failures.isEmpty()) {
        parts.add(
            "%d failed, the first in line %d"
                .formatted(failures.size(), failures.getFirst().number()));
      }
    }
    if (extra.count() > 0) {
      parts.add("%d are not in %s (%s)".formatted(extra.count(), annotations, extra));
    }
    parts.add("--allow-missing counts missing predictions as wrong and ignores extra ones");
    return String.join("; ", parts);
  }
}
