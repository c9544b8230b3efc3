package io.github.visualbert.spark;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.error.InputException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens a model on the driver before any task starts, so that one that is missing or invalid, or
 * cannot see the pictures of its input, is reported at once and in one line. Each is checked once.
 * Thread-safe.
 */
final class DriverCheck {
  private static final String SCALAR = "scalar"; // computes nothing, and so needs no vectors
  private static final Set<Object> CHECKED = ConcurrentHashMap.newKeySet();

  private DriverCheck() {}

  /** A model that computes the regions of pictures itself. */
  private record Seeing(ModelSettings model) {}

  /**
   * Checks a model.
   *
   * @param pictures whether it must see pictures: those that every row gives as files
   * @throws io.github.visualbert.error.ModelException when it is missing or invalid here, or cannot
   *     see
   */
  static void require(ModelSettings settings, boolean pictures) {
    Object checked = pictures ? new Seeing(settings) : settings;
    if (CHECKED.contains(checked)) {
      return;
    }
    try (VisualBert model = settings.open(SCALAR, 1)) {
      TaskName task = settings.task();
      TaskRunner.of(task, model, 1, false); // reads the vocabulary
      if (pictures) {
        requireSight(model);
      }
    }
    CHECKED.add(checked);
  }

  private static void requireSight(VisualBert model) {
    try {
      model.regions(new byte[0], "no picture");
    } catch (InputException _) {
      // A model looks for its detector first and decodes then, so it has one that fits.
    }
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
