package io.github.visualbert.cli.evaluate;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model's predictions by id. Not thread-safe.
 *
 * @param <T> a prediction
 */
final class Predictions<T> {
  /** A prediction and its line. */
  record Prediction<T>(Line line, T value) {}

  private final Path file;
  private final Map<String, Prediction<T>> byId = new LinkedHashMap<>();
  private final Map<String, Line> failures = new LinkedHashMap<>();

  Predictions(Path file) {
    this.file = file;
  }

  /** Adds the prediction for an id, which must be the only one. */
  void add(String id, Line line, T value) {
    Prediction<T> first = byId.putIfAbsent(id, new Prediction<>(line, value));
    if (first != null) {
      throw line.mismatch(
          "%s is predicted twice, first in line %d".formatted(id, first.line.number()));
    }
  }

  /** Records that the row of an id failed. */
  void addFailure(String id, Line line) {
    failures.putIfAbsent(id, line);
  }

  Path file() {
    return file;
  }

  /** Returns the prediction for an id, or null. */
  Prediction<T> get(String id) {
    return byId.get(id);
  }

  /** Returns the ids that were predicted, in the order of the file. */
  Set<String> ids() {
    return byId.keySet();
  }

  /** Returns the lines of rows that failed and that no other row of the file answers. */
  List<Line> failures() {
    return failures.entrySet().stream()
        .filter(failure -> !byId.containsKey(failure.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }
}
