package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.kernel.ComputeSettings;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.vision.FeatureOrigin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * Opens a detector with settings. Not thread-safe; every setting has a default.
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><th>configuration</th><td>{@code config.json} of the folder: the published file's sections and
 *     keys, in upper or lower case, as JSON</td></tr>
 * <tr><th>weights</th><td>what the folder holds: {@code model.safetensors}, {@code pytorch_model.bin},
 *     …</td></tr>
 * <tr><th>labels</th><td>{@code objects_vocab.txt} and {@code attributes_vocab.txt} of the folder,
 *     or {@code visual_genome_categories.json}, where they are there; without them the names of COCO
 *     for {@code mask_rcnn} with its 80 classes</td></tr>
 * <tr><th>kind</th><td>the one that the configuration is of</td></tr>
 * <tr><th>detections</th><td>those of the configuration</td></tr>
 * <tr><th>least confidence</th><td>0 for {@code pythia}, 0.2 for {@code mask_rcnn}</td></tr>
 * <tr><th>provider</th><td>that of the system property {@code visualbert.provider}, else the fastest that runs here</td></tr>
 * <tr><th>threads</th><td>the available processors</td></tr>
 * </table>
 */
public final class RegionDetectorBuilder {
  private static final int MAX_CONFIG_BYTES = 1 << 20;
  private static final int FLICKR_FEWEST = 10;
  private static final int FLICKR_MOST = 100;

  private final ModelFolder folder;
  private String json;
  private String jsonSource;
  private Path weights;
  private Path labels;
  private DetectorKind kind;
  private int least = DetectorConfig.UNSTATED;
  private int most = DetectorConfig.UNSTATED;
  private double confidence = Double.NaN; // the kind's own
  private ComputeSettings compute = ComputeSettings.standard();
  private boolean rehearses;

  RegionDetectorBuilder(Path folder) {
    this.folder = new ModelFolder(folder);
  }

  /**
   * Takes the configuration from a text instead of {@code config.json}.
   *
   * @param text the configuration as JSON
   * @param source where it is from, for messages
   */
  public RegionDetectorBuilder configuration(String text, String source) {
    this.json = text;
    this.jsonSource = source;
    return this;
  }

  /** Takes the weights from this file, whatever its name, instead of looking in the folder. */
  public RegionDetectorBuilder weights(Path file) {
    this.weights = file;
    return this;
  }

  /** Takes the label files from this folder, which has at least one, not from the detector's. */
  public RegionDetectorBuilder labels(Path otherFolder) {
    this.labels = otherFolder;
    return this;
  }

  /** Opens this kind of detector, whatever the configuration looks like. */
  public RegionDetectorBuilder kind(DetectorKind known) {
    this.kind = known;
    return this;
  }

  /**
   * Keeps other numbers of regions than the configuration says.
   *
   * @param fewest a suppression that leaves fewer is repeated with the next threshold
   * @param all the most regions that are kept
   */
  public RegionDetectorBuilder detections(int fewest, int all) {
    if (fewest < 0 || all < 1 || fewest > all) {
      throw new IllegalArgumentException(
          "from %d to %d detections, expected at least 1 at most".formatted(fewest, all));
    }
    this.least = fewest;
    this.most = all;
    return this;
  }

  /**
   * Keeps as many regions as the features had that the authors' checkpoints were trained on, unless
   * {@link #detections} says how many: 10 to 100 of bottom-up attention with boxes, for Flickr30k,
   * and as many as the configuration says for others.
   */
  public RegionDetectorBuilder detectionsOf(FeatureOrigin origin) {
    return origin == FeatureOrigin.BOTTOM_UP_WITH_BOXES && most == DetectorConfig.UNSTATED
        ? detections(FLICKR_FEWEST, FLICKR_MOST)
        : this;
  }

  /**
   * Sets the least confidence of a region: of {@code pythia} the probability that a class must
   * exceed to count (0 by default), of {@code mask_rcnn} that of a region that is likely (0.2);
   * whether less likely ones are taken too is up to {@link #detections}. Without effect on others.
   */
  public RegionDetectorBuilder minConfidence(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "a confidence of %s, expected 0 to 1".formatted(probability));
    }
    this.confidence = probability;
    return this;
  }

  /**
   * Computes with these kernels: {@code simd} or {@code scalar}, whatever the system property
   * {@code visualbert.provider} says; or {@code auto}, the default: those of the property, else the
   * fastest that run here.
   */
  public RegionDetectorBuilder provider(String name) {
    this.compute = compute.withProvider(name);
    return this;
  }

  /**
   * Sets the number of threads that compute a detection, its caller included. With 1 no thread is
   * started.
   */
  public RegionDetectorBuilder threads(int count) {
    this.compute = compute.withThreads(count);
    return this;
  }

  /**
   * Borrows helper threads from an executor instead of starting them; it stays the caller's to shut
   * down.
   */
  public RegionDetectorBuilder executor(Executor lender) {
    this.compute = compute.withExecutor(lender);
    return this;
  }

  /**
   * Has the vector kernels compiled while the detector opens and its first picture is decoded: a
   * daemon thread, the only one that a detector starts beside its workers, runs them on small maps
   * for two or three seconds. Worth it in a fresh process that is asked at once; without effect on
   * scalar kernels or one processor.
   */
  public RegionDetectorBuilder rehearsal() {
    this.rehearses = true;
    return this;
  }

  /**
   * Opens the detector.
   *
   * @throws ModelException when the folder cannot be used; the message names everything that is
   *     wrong with the weights
   * @throws IllegalArgumentException when a provider was asked for that does not run here
   */
  public RegionDetector open() {
    try {
      return openDetector();
    } catch (ModelException e) {
      VcrTower.requireNone(weights == null ? folder.path() : weights);
      throw e;
    }
  }

  private RegionDetector openDetector() {
    Kernels kernels = compute.kernels();
    String source = json == null ? folder.config().toString() : jsonSource;
    byte[] text =
        json == null
            ? TextFiles.readOfModel(
                folder.config(), "the configuration of a detector as JSON", MAX_CONFIG_BYTES)
            : json.getBytes(StandardCharsets.UTF_8);
    DetectorKind known;
    DetectorConfig config;
    try {
      ConfigSection root = new ConfigSection(Json.parseObject(text));
      known = kind == null ? DetectorKind.recognise(root, source) : kind;
      known.requireFinds(source);
      config = configured(known.read(root));
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(source, e.getMessage()), e);
    }
    if (rehearses) {
      Rehearsal.begin(kernels, config);
    }
    String settings =
        "%s %d %d %s%s"
            .formatted(
                known.kindName(),
                config.minDetections(),
                config.maxDetections(),
                Double.isNaN(confidence) ? "" : confidence + " ",
                new String(text, StandardCharsets.UTF_8));
    return open(kernels, known, config, settings);
  }

  private DetectorConfig configured(DetectorConfig config) {
    DetectorConfig used =
        most == DetectorConfig.UNSTATED ? config : config.withDetections(least, most);
    return Double.isNaN(confidence) || used.pyramid() == null
        ? used
        : used.withMinConfidence(confidence);
  }

  private RegionDetector open(
      Kernels kernels, DetectorKind known, DetectorConfig config, String settings) {
    return OpenWeights.open(
        weights == null ? folder.path() : weights,
        kernels,
        compute.workers(),
        opened -> {
          RegionNetwork network =
              opened.load(
                  known.epsilon(), known.form(), found -> known.load(config, found, kernels));
          DetectorLabels names =
              labels == null
                  ? DetectorLabels.read(folder.path(), known, config.head())
                  : DetectorLabels.require(labels, known, config.head());
          return new RegionDetector(known, config, network, names, settings, opened);
        });
  }
}
