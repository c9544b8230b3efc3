package io.github.visualbert.spark;

import io.github.visualbert.VisualBert;
import io.github.visualbert.detect.RegionDetector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open models of this JVM, which is an executor or a driver that computes: each is opened once,
 * by the first task that needs it, and closed when the JVM ends. Thread-safe.
 */
final class OpenModels {
  private static final Logger LOG = LoggerFactory.getLogger("io.github.visualbert.spark");
  private static final Map<Object, AutoCloseable> OPEN = new ConcurrentHashMap<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(OpenModels::closeAll, "visualbert-close"));
  }

  private OpenModels() {}

  /** What an open object was opened with. */
  private record Key(Object settings, int threads) {}

  /**
   * Returns the model of these settings, with as many threads as a task has cores.
   *
   * @throws io.github.visualbert.error.ModelException when it cannot be opened
   */
  static VisualBert model(ModelSettings settings) {
    int threads = cores();
    return (VisualBert)
        open(
            new Key(settings, threads),
            () -> {
              VisualBert model = settings.open(settings.provider(), threads);
              LOG.info(
                  "visualbert: opened {} for {} with {} threads; {}",
                  settings.model(),
                  settings.task(),
                  threads,
                  model.kernels());
              if (!model.ignoredTensors().isEmpty()) {
                LOG.warn(
                    "visualbert: {} has tensors that are no part of a VisualBERT: {}",
                    settings.model(),
                    String.join(", ", model.ignoredTensors()));
              }
              return model;
            });
  }

  /**
   * Returns the detector of these settings, as {@link #model} does.
   *
   * @throws io.github.visualbert.error.ModelException when it cannot be opened
   */
  static RegionDetector detector(DetectSettings settings) {
    int threads = cores();
    return (RegionDetector)
        open(
            new Key(settings, threads),
            () -> {
              RegionDetector detector = settings.open(settings.provider(), threads);
              LOG.info(
                  "visualbert: opened {} with {} threads; {}",
                  settings.detector(),
                  threads,
                  detector.kernels());
              return detector;
            });
  }

  private static AutoCloseable open(Key key, Supplier<AutoCloseable> opening) {
    return OPEN.computeIfAbsent(key, _ -> opening.get());
  }

  /** Returns the cores of the task that asks: {@code spark.task.cpus}. */
  private static int cores() {
    TaskContext task = TaskContext.get();
    return task == null ? 1 : task.cpus();
  }

  /** Closes all, after the passes that run. A later use opens a model again. */
  static void closeAll() {
    OPEN.keySet()
        .forEach(
            key -> {
              try {
                AutoCloseable open = OPEN.remove(key);
                if (open != null) {
                  open.close();
                }
              } catch (Exception e) {
                LOG.warn("visualbert: a model was not closed", e);
              }
            });
  }

  /** Returns how many are open. */
  static int count() {
    return OPEN.size();
  }
}
