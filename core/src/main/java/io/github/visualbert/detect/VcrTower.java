package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The eyes of VCR's checkpoints: a ResNet-50 that looks at regions which are given with the
 * picture. Its weights lie in the authors' checkpoint, beside those of the language model.
 *
 * <p>Immutable and thread-safe; features have the same bits on any number of threads, and with
 * every provider. {@link #close} waits for the passes that run, then unmaps the file; later calls
 * throw {@link IllegalStateException}.
 */
public final class VcrTower implements AutoCloseable {
  /** What else to do with it, after its name. */
  static final String GIVEN_REGIONS =
      "looks at given regions instead of finding some: open it with VcrTower, or answer VCR's"
          + " annotations with run --task vcr --images DIR";

  private final TowerNetwork network;
  private final int canvasWidth;
  private final int canvasHeight;
  private final String settings;
  private final OpenWeights weights;

  VcrTower(
      TowerNetwork network,
      int canvasWidth,
      int canvasHeight,
      String settings,
      OpenWeights weights) {
    this.network = network;
    this.canvasWidth = canvasWidth;
    this.canvasHeight = canvasHeight;
    this.settings = settings;
    this.weights = weights;
  }

  /**
   * Opens a checkpoint with everything at its default: see {@link VcrTowerBuilder}.
   *
   * @param weights the file, or a folder with one
   * @throws ModelException when it holds no tower
   */
  public static VcrTower open(Path weights) {
    return builder(weights).open();
  }

  /**
   * Returns whether a file or folder holds the tensors of a tower; false for what cannot be read.
   */
  public static boolean isIn(Path weights) {
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(weights, arena)) {
      return source.names().stream().anyMatch(WeightsForm::isOfTower);
    } catch (ModelException e) {
      return false;
    }
  }

  /**
   * Refuses a tower where a detector is expected.
   *
   * @throws ModelException when a file or folder holds one
   */
  public static void requireNone(Path weights) {
    if (isIn(weights)) {
      throw new ModelException(
          Kind.UNSUPPORTED, "%s: holds VCR's tower, which %s".formatted(weights, GIVEN_REGIONS));
    }
  }

  /** Returns a builder that opens a checkpoint with settings of your own. */
  public static VcrTowerBuilder builder(Path weights) {
    return new VcrTowerBuilder(weights);
  }

  /**
   * Returns the features of given regions: first a row of the whole picture, then one of each
   * region that is looked at, with their boxes.
   *
   * @throws io.github.visualbert.error.InputException when a region is outside the picture, empty
   *     or of an unknown class, there are too many, or the picture is too narrow
   * @throws ModelException when the weights hold NaN or infinity
   * @throws IllegalStateException after close
   */
  public VisualFeatures look(Picture picture, GivenRegions regions) {
    return look(picture, regions, Stages.NONE);
  }

  /** Looks at regions and passes every stage to a sink; throws as {@link #look} does. */
  public void trace(Picture picture, GivenRegions regions, StageSink sink) {
    look(picture, regions, new Stages(sink));
  }

  private VisualFeatures look(Picture picture, GivenRegions given, Stages traced) {
    given.require(picture.source(), picture.width(), picture.height());
    CanvasInput input = CanvasInput.of(picture, canvasWidth, canvasHeight);
    TowerNetwork.Regions regions = regions(input, given);
    int count = regions.count();
    traced.floats("roi.boxes", regions.boxes(), count, 4);
    traced.floats("roi.segms", regions.segms(), count, PolygonMask.SIZE, PolygonMask.SIZE);
    Finiteness finiteness = new Finiteness(weights.source(), picture.source());
    float[] features =
        weights
            .engine()
            .run(
                execution -> {
                  float[] seen =
                      network.forward(
                          execution,
                          canvasHeight,
                          canvasWidth,
                          workspace -> canvas(input, workspace, traced),
                          regions,
                          traced);
                  finiteness.require(seen);
                  return seen;
                });
    traced.floats("features", features, count, featureDim());
    return VisualFeatures.of(picture.source(), features, count, featureDim())
        .withBoxes(boxes(picture, given));
  }

  private FeatureMap canvas(CanvasInput input, Workspace workspace, Stages traced) {
    FeatureMap canvas = input.map(workspace, canvasWidth, canvasHeight);
    traced.map("input", canvas);
    traced.ints("input_size", input.height(), input.width());
    return canvas;
  }

  private static TowerNetwork.Regions regions(CanvasInput input, GivenRegions given) {
    int count = given.use().length + 1;
    int cells = PolygonMask.SIZE * PolygonMask.SIZE;
    float[] boxes = new float[4 * count];
    float[] segms = new float[count * cells];
    int[] classes = new int[count];
    boxes[0] = input.left();
    boxes[1] = input.top();
    boxes[2] = input.left() + input.width();
    boxes[3] = input.top() + input.height();
    Arrays.fill(segms, 0, cells, 1f);
    classes[0] = TowerClasses.PICTURE;
    for (int i = 1; i < count; i++) {
      int region = given.use()[i - 1];
      input.place(given.boxes()[region], boxes, 4 * i);
      PolygonMask.fill(given.boxes()[region], given.segms()[region], segms, i * cells);
      classes[i] = TowerClasses.number(given.names().get(region));
    }
    return new TowerNetwork.Regions(boxes, segms, classes);
  }

  /**
   * Prepares the stages for a canvas that is normalised already, and lets {@code work} run them.
   *
   * @param canvas (3, height, width), finite
   * @param boxes x1, y1, x2, y2 on the canvas of each of at least one region
   * @param segms (regions, 14, 14), 1 where a region is
   * @param classes of the regions, 0 for the whole picture, then COCO's
   * @throws IllegalArgumentException when the sizes do not fit, or the canvas is too narrow
   */
  public void measure(
      float[] canvas,
      int height,
      int width,
      float[] boxes,
      float[] segms,
      int[] classes,
      Consumer<DetectorBench> work) {
    int count = classes.length;
    if (canvas.length != 3L * height * width
        || count == 0
        || boxes.length != 4L * count
        || segms.length != (long) count * PolygonMask.SIZE * PolygonMask.SIZE) {
      throw new IllegalArgumentException(
          "%d numbers for 3 x %d x %d, %d for boxes and %d for masks of %d regions"
              .formatted(canvas.length, height, width, boxes.length, segms.length, count));
    }
    for (int number : classes) {
      Objects.checkIndex(number, TowerClasses.COUNT);
    }
    if (!network.sees(width, height)) {
      throw new IllegalArgumentException(
          "the network takes no picture of %d x %d".formatted(width, height));
    }
    TowerNetwork.Regions regions = new TowerNetwork.Regions(boxes, segms, classes);
    weights
        .engine()
        .run(
            execution -> {
              work.accept(new TowerBench(network, execution, canvas, height, width, regions));
              return null;
            });
  }

  private static List<Box> boxes(Picture picture, GivenRegions given) {
    List<Box> boxes = new ArrayList<>();
    boxes.add(new Box(0, 0, 1, 1));
    for (int region : given.use()) {
      double[] box = given.boxes()[region];
      boxes.add(
          new Box(
              (float) (box[0] / picture.width()),
              (float) (box[1] / picture.height()),
              (float) (box[2] / picture.width()),
              (float) (box[3] / picture.height())));
    }
    return boxes;
  }

  /** Returns the number of columns of a region's features. */
  public int featureDim() {
    return network.featureDim();
  }

  /**
   * Returns about how many bytes a picture takes while some regions of it are looked at, beside the
   * weights and the picture itself.
   */
  public long estimatedBytes(int regions) {
    return network.bytes(canvasHeight, canvasWidth, regions, weights.engine().workers().count());
  }

  /** Returns one line about the network. */
  public String describe() {
    return "vcr: %s, a canvas of %d x %d pixels, given regions"
        .formatted(network.describe(), canvasWidth, canvasHeight);
  }

  /** Returns one line about the kernels that compute: the provider's name, and what it runs on. */
  public String kernels() {
    return weights.kernels();
  }

  /**
   * Returns a digest of the settings and all numbers of the weights, 64 hexadecimal digits. Reads
   * all weights when it is first called.
   *
   * @throws IllegalStateException after close
   */
  public String fingerprint() {
    return weights.fingerprint(settings);
  }

  /** Waits for the passes that run, then unmaps the weights; closing again has no effect. */
  @Override
  public void close() {
    weights.close();
  }
}
