package io.github.visualbert.detect;

import io.github.visualbert.kernel.Engine;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
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
  private final BottomUpAttention network;
  private final DetectorLabels labels;
  private final String settings;
  private final Engine engine;
  private final TensorSource source;
  private final Arena arena;
  private String fingerprint; // made when it is first asked for

  RegionDetector(
      DetectorKind kind,
      DetectorConfig config,
      BottomUpAttention network,
      DetectorLabels labels,
      String settings,
      Engine engine,
      TensorSource source,
      Arena arena) {
    this.kind = kind;
    this.config = config;
    this.network = network;
    this.labels = labels;
    this.settings = settings;
    this.engine = engine;
    this.source = source;
    this.arena = arena;
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
    engine.requireOpen();
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
    engine.requireOpen();
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
    if (network.backbone().outputs(height) < 1 || network.backbone().outputs(width) < 1) {
      throw new IllegalArgumentException(
          "a picture of %d x %d is too narrow".formatted(width, height));
    }
    engine.run(
        execution -> {
          work.accept(new DetectorBench(network, execution, picture, height, width, boxes));
          return null;
        });
  }

  private Detection detect(Picture asStored, Stages traced) {
    Picture picture = kind.orient(asStored);
    Finiteness finiteness = new Finiteness(source, picture.source());
    return engine.run(
        execution ->
            detection(network.forward(execution, picture, finiteness, traced), picture, traced));
  }

  private Detection detection(BottomUpAttention.Found found, Picture picture, Stages traced) {
    Selection.Selected selected = found.selected();
    int count = selected.kept().length;
    int dim = network.featureDim();
    float[] features = new float[count * dim];
    float[] boxes = new float[4 * count];
    float[] relative = new float[4 * count];
    List<Region> regions = new ArrayList<>();
    List<Box> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      System.arraycopy(found.features(), selected.kept()[i] * dim, features, i * dim, dim);
      for (int edge = 4 * i; edge < 4 * i + 4; edge += 2) {
        boxes[edge] = selected.boxes()[edge] * found.input().scaleX();
        boxes[edge + 1] = selected.boxes()[edge + 1] * found.input().scaleY();
        relative[edge] = boxes[edge] / picture.width();
        relative[edge + 1] = boxes[edge + 1] / picture.height();
      }
      regions.add(region(selected, i, boxes));
      int at = 4 * i;
      places.add(new Box(relative[at], relative[at + 1], relative[at + 2], relative[at + 3]));
    }
    traced.ints("kept", selected.kept());
    traced.floats("features", features, count, dim);
    traced.floats("boxes", boxes, count, 4);
    traced.floats("normalized_boxes", relative, count, 4);
    traced.ints("obj_ids", selected.objects());
    traced.floats("obj_probs", selected.confidences(), count);
    if (config.head().attributes() > 0) {
      traced.ints("attr_ids", selected.attributes());
      traced.floats("attr_probs", selected.attributeConfidences(), count);
    }
    return new Detection(
        picture.source(),
        picture.width(),
        picture.height(),
        regions,
        VisualFeatures.of(picture.source(), features, count, dim).withBoxes(places),
        selected.threshold());
  }

  private Region region(Selection.Selected selected, int i, float[] boxes) {
    int object = selected.objects()[i];
    int attribute = selected.attributes()[i];
    return new Region(
        selected.kept()[i],
        boxes[4 * i],
        boxes[4 * i + 1],
        boxes[4 * i + 2],
        boxes[4 * i + 3],
        object,
        labels.object(object),
        selected.confidences()[i],
        attribute,
        labels.attribute(attribute),
        selected.attributeConfidences()[i]);
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
    return "%s: %s, pictures of %d to %d pixels, %d proposals, %d to %d regions"
        .formatted(
            kind.kindName(),
            network.describe(),
            config.input().shortest(),
            config.input().longest(),
            config.proposals().most(),
            config.minDetections(),
            config.maxDetections());
  }

  /** Returns one line about the kernels that compute: the provider's name, and what it runs on. */
  public String kernels() {
    return engine.kernels().provider() + ": " + engine.kernels().description();
  }

  /**
   * Returns a digest of the kind, the configuration and all numbers of the weights, 64 hexadecimal
   * digits: what a cache of features is valid for. Reads all weights when it is first called.
   *
   * @throws IllegalStateException after close
   */
  public String fingerprint() {
    return engine.run(
        unused -> {
          synchronized (this) {
            if (fingerprint == null) {
              fingerprint = source.reading(() -> Fingerprint.of(settings, source));
            }
            return fingerprint;
          }
        });
  }

  /**
   * Returns about how many bytes a picture of a size takes while its regions are found, beside the
   * weights and the picture itself; 0 for one that is too narrow for the network.
   */
  public long estimatedBytes(int width, int height) {
    PictureInput.Size scaled = network.scaled(width, height);
    return network.sees(scaled)
        ? Float.BYTES
            * (network.floats(scaled)
                + network.heapFloats(scaled)
                + network.scratch(engine.workers().count()))
        : 0;
  }

  /** Waits for the detections that run, then unmaps the weights; closing again has no effect. */
  @Override
  public synchronized void close() {
    engine.close();
    engine.workers().close();
    source.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
