package io.github.visualbert.cli.serve.model;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.cli.detector.RegionSettings;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** The models that are held open, by their names. Thread-safe. */
public final class ServedModels implements AutoCloseable {
  /** The regions of the pass that each model makes before it serves. */
  private static final int WARM_UP_REGIONS = 36;

  private static final String WARM_UP_TEXT = "warm up";

  private final Map<String, Path> folders = new LinkedHashMap<>();
  private final Path detectorFolder; // null for what each model names
  private final UnaryOperator<VisualBertBuilder> compute;
  private final ServedDetectors detectors;
  private final Metrics metrics;
  private final Map<String, ServedModel> open = new LinkedHashMap<>(); // guarded by this
  private final AtomicInteger generation = new AtomicInteger();

  /**
   * Describes the models, without opening them.
   *
   * @param locations their folders, each of another name
   * @param detectorFolder sees pictures for all of them; null for what each names
   * @param compute sets kernels and threads
   * @throws ModelException when two have one name
   */
  public ServedModels(
      List<Path> locations,
      Path detectorFolder,
      UnaryOperator<VisualBertBuilder> compute,
      ServedDetectors detectors,
      Metrics metrics) {
    for (Path location : locations) {
      String name = location.toAbsolutePath().normalize().getFileName().toString();
      if (folders.putIfAbsent(name, location) != null) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: another model has the name %s already; rename one folder"
                .formatted(location, name));
      }
    }
    this.detectorFolder = detectorFolder;
    this.compute = compute;
    this.detectors = detectors;
    this.metrics = metrics;
  }

  /**
   * Opens all models and makes a pass with each.
   *
   * @throws ModelException when one cannot be opened
   */
  public synchronized void open() {
    folders.forEach((name, folder) -> open.put(name, open(name, folder)));
  }

  private ServedModel open(String name, Path folder) {
    VisualBert model = compute.apply(VisualBert.builder(folder)).open();
    try {
      Optional<RegionSettings> settings =
          RegionSettings.of(folder, detectorFolder, model.trainedOn());
      ServedDetector detector = settings.map(detectors::open).orElse(null);
      ServedModel served =
          new ServedModel(
              name, model, detector, WeightFiles.of(folder), generation.incrementAndGet(), metrics);
      warmUp(served);
      return served;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Makes one pass, so that a model that cannot answer is found out at the start. */
  private static void warmUp(ServedModel served) {
    VisualBert model = served.model();
    int columns = model.config().visualEmbeddingDim();
    float[] rows = new float[WARM_UP_REGIONS * columns];
    Arrays.fill(rows, 0.5f);
    VisualFeatures regions = VisualFeatures.of("warm-up", rows, WARM_UP_REGIONS, columns);
    TaskName task = served.task();
    Request request =
        new Request(
            JsonValue.Null.NULL,
            WARM_UP_TEXT,
            task == TaskName.VCR ? List.of(WARM_UP_TEXT, WARM_UP_TEXT) : List.of(),
            task == TaskName.FLICKR
                ? PhraseGrounding.find(WARM_UP_TEXT, List.of(WARM_UP_TEXT))
                : List.of(),
            Collections.nCopies(task.pictures(), regions));
    TaskRunner.of(task, model, 1, false).ask(List.of(request));
  }

  /** Returns the models, in the order in which they were given. */
  public synchronized List<ServedModel> all() {
    return List.copyOf(open.values());
  }

  /** Returns the names of the models. */
  public synchronized List<String> names() {
    return List.copyOf(open.keySet());
  }

  /**
   * Returns a lease of a model.
   *
   * @param name null for the first model of the task
   * @param task null for the model's own
   * @throws Problem when there is none, or it has another task
   */
  public synchronized ServedModel.Lease lease(String name, TaskName task) {
    ServedModel found;
    if (name != null) {
      found = open.get(name);
      if (found == null) {
        throw Problem.ofModel(name, names());
      }
      if (task != null) {
        found.require(task);
      }
    } else {
      found =
          first(open.values(), task)
              .orElseThrow(() -> Problem.ofModel(task == null ? "" : task.toString(), names()));
    }
    return found.lease();
  }

  private static Optional<ServedModel> first(Collection<ServedModel> models, TaskName task) {
    Optional<ServedModel> own =
        models.stream().filter(each -> task == null || each.task() == task).findFirst();
    return own.isPresent() ? own : models.stream().filter(each -> each.serves(task)).findFirst();
  }

  /**
   * Opens every model again. One that cannot be opened stays in service as it was.
   *
   * @param failed receives the name of each such model, and the error
   */
  public void reload(BiConsumer<String, RuntimeException> failed) {
    folders.forEach(
        (name, folder) -> {
          try {
            ServedModel opened = open(name, folder);
            ServedModel old;
            synchronized (this) {
              old = open.put(name, opened);
            }
            old.retire();
            metrics.reload(name, true);
          } catch (RuntimeException e) {
            metrics.reload(name, false);
            failed.accept(name, e);
          }
        });
  }

  @Override
  public synchronized void close() {
    open.values().forEach(ServedModel::retire);
  }
}
