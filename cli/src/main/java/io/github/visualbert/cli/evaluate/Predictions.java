package io.github.visualbert.cli.evaluate;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a model predicted, by the ids of what it was asked. Not thread-safe.
 *
 * @param <T> a prediction
 */
final class Predictions<T> {
  /** A prediction and where it stands. */
  record Prediction<T>(Line line, T value) {}

  private final Path file;
  private final Map<String, Prediction<T>> byId = new LinkedHashMap<>();
  private final Map<String, Line> failures = new LinkedHashMap<>();

  Predictions(Path file) {
    this.file = file;
  }

  /** Adds the prediction for an id, which must be the only one. */
  void add(String id, Line line, T value) {
    requireNew(id, line);
    byId.put(id, new Prediction<>(line, value));
  }

  /** Adds that the model could not be asked about an id: there is no prediction for it. */
  void addFailure(String id, Line line) {
    requireNew(id, line);
    failures.put(id, line);
  }

  private void requireNew(String id, Line line) {
    Prediction<T> first = byId.get(id);
    Line firstLine = first == null ? failures.get(id) : first.line;
    if (firstLine != null) {
      throw line.mismatch(
          "%s is predicted twice, first in line %d".formatted(id, firstLine.number()));
    }
  }

  Path file() {
    return file;
  }

  /** Returns the prediction for an id, or null. */
  Prediction<T> get(String id) {
    return byId.get(id);
  }

  /** Returns the ids of what was predicted, in the order of the file. */
  Set<String> ids() {
    return byId.keySet();
  }

  /** Returns the ids of what the model could not be asked about. */
  Set<String> failures() {
    return failures.keySet();
  }

  /** Returns where the first of these stands, when there is one. */
  Line firstFailure() {
    return failures.values().iterator().next();
  }
}
