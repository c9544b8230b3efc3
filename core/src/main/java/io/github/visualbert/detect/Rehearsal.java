package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;

/**
 * Runs the operations of a detector on small maps of zeros, so that the JIT compiler has their
 * kernels ready when the first picture has been decoded.
 *
 * <p>Interpreted, the Vector API is a thousand times slower than compiled; a small map is what
 * costs little until then. One thread, with memory of its own.
 */
final class Rehearsal implements Runnable {
  private static final int ROUNDS = 40;
  private static final int CHANNELS = 36;

  /** Of 12 channels: a tile of 8 and one of 4. */
  private static final int GROUPS = 3;

  /** The pixels of a side: an odd number of panels, whose last is a tile of its own. */
  private static final int SIDE = 12;

  private static final int REGIONS = 10;
  private static final int POOLED = 7;
  private static final Window THREE = new Window(3, 1, 1, 1);
  private static final Window SEVEN = new Window(7, 2, 3, 1);

  private final Kernels kernels;
  private final ImageKernels images;
  private final boolean grouped;
  private final boolean pyramid;
  private final Arena arena = Arena.ofAuto();
  private Execution execution;
  private Workspace workspace;

  /**
   * Prepares a rehearsal.
   *
   * @param grouped whether the network has convolutions in groups
   * @param pyramid whether the detector has a pyramid, or a head of convolutions
   */
  Rehearsal(Kernels kernels, boolean grouped, boolean pyramid) {
    this.kernels = kernels;
    this.images = kernels.images();
    this.grouped = grouped;
    this.pyramid = pyramid;
  }

  /** Starts one in a thread of its own, where a second processor can run it. */
  static void begin(Kernels kernels, DetectorConfig config) {
    if (Runtime.getRuntime().availableProcessors() > 1
        && !kernels.provider().equals(KernelSelection.SCALAR)) {
      boolean grouped = config.network().groups() > 1;
      Thread.ofPlatform()
          .daemon()
          .name("visualbert-rehearsal")
          .start(new Rehearsal(kernels, grouped, config.pyramid() != null));
    }
  }

  @Override
  public void run() {
    try {
      rehearse(ROUNDS);
    } catch (RuntimeException | Error e) {
      // The detector says itself what is wrong; nothing depends on the rehearsal.
    }
  }

  /** Runs all operations some times. */
  void rehearse(int rounds) {
    try (Workspace own = new Workspace();
        Workers alone = Workers.of(1)) {
      workspace = own;
      execution = new Execution(alone, own);
      Layers layers = new Layers();
      for (int round = 0; round < rounds; round++) {
        FeatureMap seen = backbone(layers);
        if (pyramid) {
          pyramidHead(layers, seen);
        } else {
          head(layers, seen);
        }
        own.reset();
      }
    }
  }

  /** The layers: those of one shape serve wherever such a one is needed. */
  private final class Layers {
    final Convolution stem = convolution(3, SEVEN, 1, Activation.RELU);
    final Convolution reduce = convolution(CHANNELS, Window.PIXEL, 1, Activation.RELU);
    final Convolution across = convolution(CHANNELS, THREE, grouped ? GROUPS : 1, Activation.RELU);
    final Convolution shortcut =
        convolution(CHANNELS, new Window(1, 2, 0, 1), 1, Activation.LINEAR);
    final Convolution strided =
        convolution(CHANNELS, new Window(3, 2, 1, 1), grouped ? GROUPS : 1, Activation.RELU);
    final Convolution inner = convolution(CHANNELS, Window.PIXEL, 1, Activation.LINEAR);
    final Convolution outer = convolution(CHANNELS, THREE, 1, Activation.LINEAR);
    final Convolution proposing = convolution(CHANNELS, THREE, 1, Activation.RELU);
    final Convolution dilated = convolution(CHANNELS, new Window(3, 1, 2, 2), 1, Activation.RELU);
    final LinearWeights linear =
        kernels.prepare(
            zeros(CHANNELS, (long) CHANNELS * (pyramid ? POOLED * POOLED : 1)), zeros(CHANNELS));
  }

  private FeatureMap backbone(Layers layers) {
    FeatureMap convolved = convolve(layers.stem, map(3, 2 * SIDE), null);
    images.maxPool(execution, convolved, Stem.pooling(false), map(CHANNELS, SIDE / 2));
    FeatureMap x = map(CHANNELS, SIDE);
    FeatureMap y = null;
    for (int block = 0; block < 3; block++) {
      FeatureMap seen = convolve(layers.across, convolve(layers.reduce, x, null), null);
      y = convolve(layers.reduce, seen, x);
    }
    convolve(layers.shortcut, y, null);
    convolve(layers.strided, y, null);
    return y;
  }

  private void pyramidHead(Layers layers, FeatureMap seen) {
    FeatureMap sum = convolve(layers.inner, seen, null);
    images.addUpsampled(execution, map(CHANNELS, SIDE / 2), sum);
    FeatureMap level = convolve(layers.outer, sum, null);
    Matrix pixels = rows(level);
    convolve(layers.proposing, level, null).matrix().toArray();
    FeatureMap pooled = FeatureMap.stacked(workspace, REGIONS, CHANNELS, POOLED, POOLED);
    images.roiAlign(execution, pixels, SIDE, SIDE, boxes(), 0, 1, 2, pooled);
    Matrix flat = workspace.matrix(REGIONS, CHANNELS * POOLED * POOLED, Layout.PANELS);
    images.flatten(execution, pooled, flat);
    linear(layers, flat);
  }

  private void head(Layers layers, FeatureMap seen) {
    Matrix pixels = rows(convolve(layers.proposing, seen, null));
    FeatureMap x = FeatureMap.stacked(workspace, REGIONS, CHANNELS, 2 * POOLED, 2 * POOLED);
    images.roiPool(execution, pixels, SIDE, SIDE, boxes(), 0, 1, x);
    FeatureMap across = convolve(layers.dilated, convolve(layers.reduce, x, null), null);
    FeatureMap y = convolve(layers.reduce, across, x);
    convolve(layers.shortcut, y, null);
    Matrix mean = workspace.matrix(REGIONS, CHANNELS, Layout.PANELS);
    images.mean(execution, y, mean);
    linear(layers, mean);
  }

  private void linear(Layers layers, Matrix x) {
    for (Layout layout : new Layout[] {Layout.PANELS, Layout.ROWS}) {
      Matrix y = workspace.matrix(x.rows(), CHANNELS, layout);
      kernels.linear(execution, x, layers.linear, Activation.RELU, y);
    }
  }

  private Matrix rows(FeatureMap map) {
    Matrix pixels = workspace.matrix(map.pixels(), CHANNELS, Layout.ROWS);
    images.toRows(execution, map, pixels);
    return pixels;
  }

  private FeatureMap convolve(Convolution convolution, FeatureMap x, FeatureMap residual) {
    FeatureMap y = Maps.of(workspace, x, convolution.outChannels(), convolution.window());
    images.convolve(execution, x, convolution, residual, y);
    return y;
  }

  private FeatureMap map(int channels, int side) {
    return FeatureMap.of(workspace, channels, side, side);
  }

  private static float[] boxes() {
    float[] boxes = new float[4 * REGIONS];
    for (int r = 0; r < REGIONS; r++) {
      boxes[4 * r + 2] = SIDE - 1 - r % 4;
      boxes[4 * r + 3] = SIDE - 1 - r % 3;
    }
    return boxes;
  }

  private Convolution convolution(int in, Window window, int groups, Activation activation) {
    Tensor weight = zeros(CHANNELS, in / groups, window.size(), window.size());
    float[] zeros = new float[CHANNELS];
    return Convolution.of(kernels, weight, zeros, zeros, window, groups, activation, arena);
  }

  private Tensor zeros(long... shape) {
    long count = Float.BYTES;
    for (long size : shape) {
      count *= size;
    }
    return new Tensor(DType.F32, shape, arena.allocate(count, 64));
  }
}
