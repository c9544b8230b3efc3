package io.github.visualbert.detect;

import io.github.visualbert.picture.Picture;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An open object detector: open it once, use it from any number of threads, close it.
 *
 * <pre>{@code
 * try (RegionDetector detector = RegionDetector.open(Path.of("models/detector"))) {
 *   Detection detection = detector.detect(Path.of("photo.jpg"));
 *   detection.regions().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>The weights stay in the mapped file, which every process that opens it shares. Immutable and
 * thread-safe; a detection has the same bits on any number of threads, and with every provider.
 * {@link #close} waits for the detections that run, then unmaps the file; later calls throw {@link
 * IllegalStateException}.
 */
public final class RegionDetector implements AutoCloseable {
  private final DetectorKind kind;
  private final DetectorConfig config;
  private final RegionNetwork network;
  private final DetectorLabels labels;
  private final String settings;
  private final OpenWeights weights;

  RegionDetector(
      DetectorKind kind,
      DetectorConfig config,
      RegionNetwork network,
      DetectorLabels labels,
      String settings,
      OpenWeights weights) {
    this.kind = kind;
    this.config = config;
    this.network = network;
    this.labels = labels;
    this.settings = settings;
    this.weights = weights;
  }

  /**
   * Opens a folder with everything at its default: see {@link RegionDetectorBuilder}.
   *
   * @param folder holds {@code config.json}, the weights and perhaps label files
   * @throws io.github.visualbert.error.ModelException when the folder cannot be used
   */
  public static RegionDetector open(Path folder) {
    return builder(folder).open();
  }

  /** Returns a builder that opens a folder with settings of your own. */
  public static RegionDetectorBuilder builder(Path folder) {
    return new RegionDetectorBuilder(folder);
  }

  /**
   * Finds the regions of a picture file.
   *
   * @param picture a PNG or JPEG file
   * @throws io.github.visualbert.error.InputException when the picture cannot be read, is too
   *     narrow for the network, or has no region
   * @throws io.github.visualbert.error.ModelException when the weights hold NaN or infinity
   * @throws IllegalStateException after close
   */
  public Detection detect(Path picture) {
    weights.engine().requireOpen();
    return detect(Picture.read(picture));
  }

  /**
   * Finds the regions of a picture whose file is in memory, such as an upload; throws as {@link
   * #detect(Path)} does.
   *
   * @param file the bytes of a PNG or JPEG file
   * @param name what messages call the picture
   */
  public Detection detect(byte[] file, String name) {
    weights.engine().requireOpen();
    return detect(Picture.decode(file, name));
  }

  /** Finds the regions of a decoded picture; throws as {@link #detect(Path)} does. */
  public Detection detect(Picture picture) {
    return detect(picture, Stages.NONE);
  }

  /**
   * Finds the regions of a picture and passes every stage to a sink; throws as {@link
   * #detect(Path)} does.
   */
  public void trace(Picture picture, StageSink sink) {
    detect(picture, new Stages(sink));
  }

  /**
   * Prepares the stages for a picture that is scaled already, and lets {@code work} run them.
   *
   * @param picture (3, height, width), finite
   * @param boxes four pixels of the scaled picture for each of at least one region
   * @throws IllegalArgumentException when the sizes do not fit, or the picture is too narrow
   */
  public void measure(
      float[] picture, int height, int width, float[] boxes, Consumer<DetectorBench> work) {
    if (picture.length != 3L * height * width || boxes.length == 0 || boxes.length % 4 != 0) {
      throw new IllegalArgumentException(
          "%d numbers for 3 x %d x %d, %d for boxes"
              .formatted(picture.length, height, width, boxes.length));
    }
    if (!network.sees(width, height)) {
      throw new IllegalArgumentException(
          "the network takes no picture of %d x %d".formatted(width, height));
    }
    weights
        .engine()
        .run(
            execution -> {
              work.accept(network.bench(execution, picture, height, width, boxes));
              return null;
            });
  }

  private Detection detect(Picture asStored, Stages traced) {
    Picture picture = kind.orient(asStored);
    Finiteness finiteness = new Finiteness(weights.source(), picture.source());
    return weights
        .engine()
        .run(
            execution ->
                detection(
                    network.forward(execution, picture, finiteness, traced), picture, traced));
  }

  private Detection detection(RegionNetwork.Found found, Picture picture, Stages traced) {
    int count = found.kept().length;
    int dim = network.featureDim();
    float[] boxes = found.boxes();
    List<Region> regions = new ArrayList<>();
    List<Box> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      regions.add(region(found, i));
      int at = 4 * i;
      float width = picture.width();
      float height = picture.height();
      places.add(
          new Box(
              boxes[at] / width,
              boxes[at + 1] / height,
              boxes[at + 2] / width,
              boxes[at + 3] / height));
    }
    traced.ints("kept", found.kept());
    traced.floats("features", found.features(), count, dim);
    traced.floats("boxes", boxes, count, 4);
    return new Detection(
        picture.source(),
        picture.width(),
        picture.height(),
        regions,
        VisualFeatures.of(picture.source(), found.features(), count, dim).withBoxes(places),
        found.threshold());
  }

  private Region region(RegionNetwork.Found found, int i) {
    int object = found.objects()[i];
    int attribute = found.attributes()[i];
    return new Region(
        found.kept()[i],
        found.boxes()[4 * i],
        found.boxes()[4 * i + 1],
        found.boxes()[4 * i + 2],
        found.boxes()[4 * i + 3],
        object,
        labels.object(object),
        found.probabilities()[i],
        found.selectedBy()[i],
        attribute,
        labels.attribute(attribute),
        found.attributeProbabilities()[i]);
  }

  /**
   * Returns how probable each class is for regions of this detector, among all classes and
   * background: (regions, classes), without background.
   *
   * @param features those of a {@link Detection}, without box columns
   * @throws IllegalArgumentException when they have other columns than the detector's
   * @throws IllegalStateException after close
   */
  public Tensor classProbabilities(VisualFeatures features) {
    if (features.dim() != network.featureDim()) {
      throw new IllegalArgumentException(
          "features of %d columns, expected %d".formatted(features.dim(), network.featureDim()));
    }
    float[] probabilities =
        weights
            .engine()
            .run(execution -> network.classProbabilities(execution, features.toArray()));
    return Tensor.of(probabilities, features.regions(), probabilities.length / features.regions());
  }

  /** Returns which detector this is. */
  public DetectorKind kind() {
    return kind;
  }

  /** Returns the names of the classes, or an empty list when there are no label files. */
  public List<String> objectLabels() {
    return labels.objects();
  }

  /** Returns the names of the attributes, or an empty list when there are no label files. */
  public List<String> attributeLabels() {
    return labels.attributes();
  }

  /** Returns how many attributes the detector tells apart; 0 when it knows none. */
  public int attributeCount() {
    return config.head().attributes();
  }

  /** Returns the number of columns of a region's features. */
  public int featureDim() {
    return network.featureDim();
  }

  /**
   * Returns how many regions a picture should have at least. One with fewer has all that the last
   * threshold leaves.
   */
  public int minDetections() {
    return config.minDetections();
  }

  /** Returns how many regions a picture has at most. */
  public int maxDetections() {
    return config.maxDetections();
  }

  /** Returns one line about the network: kind, depth, channels, sizes. */
  public String describe() {
    int least = config.minDetections();
    int most = config.maxDetections();
    return "%s: %s, pictures of %d to %d pixels, %d proposals, %s%d regions"
        .formatted(
            kind.kindName(),
            network.describe(),
            config.input().shortest(),
            config.input().longest(),
            config.pyramid() == null ? config.proposals().most() : config.pyramid().proposals(),
            least == most ? "" : least + " to ",
            most);
  }

  /** Returns one line about the kernels that compute: the provider's name, and what it runs on. */
  public String kernels() {
    return weights.kernels();
  }

  /**
   * Returns a digest of the kind, the configuration and all numbers of the weights, 64 hexadecimal
   * digits: what a cache of features is valid for. Reads all weights when it is first called.
   *
   * @throws IllegalStateException after close
   */
  public String fingerprint() {
    return weights.fingerprint(settings);
  }

  /**
   * Returns about how many bytes a picture of a size takes while its regions are found, beside the
   * weights and the picture itself; 0 for one that is too narrow for the network.
   */
  public long estimatedBytes(int width, int height) {
    return network.bytes(width, height, weights.engine().workers().count());
  }

  /**
   * Returns the native memory that detections have taken beside the weights, in bytes: that of all
   * that ran at once, kept for later ones until the detector is closed. 0 before the first.
   */
  public long workspaceBytes() {
    return weights.engine().workspaceBytes();
  }

  /** Waits for the detections that run, then unmaps the weights; closing again has no effect. */
  @Override
  public void close() {
    weights.close();
  }
}
