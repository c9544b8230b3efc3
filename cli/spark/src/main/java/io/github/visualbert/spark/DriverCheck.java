package io.github.visualbert.spark;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens a model on the driver before any task starts, so that one that is missing or invalid is
 * reported at once and in one line. Each is checked once. Thread-safe.
 */
final class DriverCheck {
  private static final String SCALAR = "scalar"; // computes nothing, and so needs no vectors
  private static final Set<Object> CHECKED = ConcurrentHashMap.newKeySet();

  private DriverCheck() {}

  /**
   * Checks a model.
   *
   * @throws io.github.visualbert.error.ModelException when it is missing or invalid here
   */
  static void require(ModelSettings settings) {
    if (CHECKED.contains(settings)) {
      return;
    }
    try (VisualBert model = settings.open(SCALAR, 1)) {
      TaskName task = settings.task();
      TaskRunner.of(task, model, 1, false); // reads the vocabulary
    }
    CHECKED.add(settings);
  }

  /**
   * Checks a detector.
   *
   * @throws io.github.visualbert.error.ModelException when it is missing or invalid here
   */
  static void require(DetectSettings settings) {
    if (CHECKED.contains(settings)) {
      return;
    }
    settings.open(SCALAR, 1).close();
    CHECKED.add(settings);
  }
}
