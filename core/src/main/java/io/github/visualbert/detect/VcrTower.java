package io.github.visualbert.detect;

import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The eyes of VCR's checkpoints: a ResNet-50 that looks at regions which are given with the
 * picture. Its weights lie in the authors' checkpoint, beside those of the language model.
 *
 * <p>Immutable and thread-safe; features have the same bits on any number of threads, and with
 * every provider. {@link #close} waits for the passes that run, then unmaps the file; later calls
 * throw {@link IllegalStateException}.
 */
public final class VcrTower implements AutoCloseable {
  private final TowerNetwork network;
  private final int canvasWidth;
  private final int canvasHeight;
  private final String settings;
  private final Engine engine;
  private final TensorSource source;
  private final Arena arena;
  private String fingerprint; // made when it is first asked for

  VcrTower(
      TowerNetwork network,
      int canvasWidth,
      int canvasHeight,
      String settings,
      Engine engine,
      TensorSource source,
      Arena arena) {
    this.network = network;
    this.canvasWidth = canvasWidth;
    this.canvasHeight = canvasHeight;
    this.settings = settings;
    this.engine = engine;
    this.source = source;
    this.arena = arena;
  }

  /**
   * Opens a checkpoint with everything at its default: see {@link VcrTowerBuilder}.
   *
   * @param weights the file, or a folder with one
   * @throws io.github.visualbert.error.ModelException when it holds no tower
   */
  public static VcrTower open(Path weights) {
    return builder(weights).open();
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
   * @throws io.github.visualbert.error.ModelException when the weights hold NaN or infinity
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
    Finiteness finiteness = new Finiteness(source, picture.source());
    float[] features =
        engine.run(
            execution -> {
              FeatureMap canvas = input.map(execution.workspace(), canvasWidth, canvasHeight);
              traced.map("input", canvas);
              traced.ints("input_size", input.height(), input.width());
              traced.floats("roi.boxes", regions.boxes(), count, 4);
              traced.floats(
                  "roi.segms", regions.segms(), count, PolygonMask.SIZE, PolygonMask.SIZE);
              float[] seen = network.forward(execution, canvas, regions, traced);
              finiteness.require(seen);
              return seen;
            });
    traced.floats("features", features, count, featureDim());
    return VisualFeatures.of(picture.source(), features, count, featureDim())
        .withBoxes(boxes(picture, given));
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

  /** Returns one line about the network. */
  public String describe() {
    return "vcr: %s, a canvas of %d x %d pixels, given regions"
        .formatted(network.describe(), canvasWidth, canvasHeight);
  }

  /** Returns one line about the kernels that compute: the provider's name, and what it runs on. */
  public String kernels() {
    return engine.kernels().provider() + ": " + engine.kernels().description();
  }

  /**
   * Returns a digest of the settings and all numbers of the weights, 64 hexadecimal digits. Reads
   * all weights when it is first called.
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

  /** Waits for the passes that run, then unmaps the weights; closing again has no effect. */
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
