package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;

import java.lang.foreign.ValueLayout;

/** {@link ImageKernels#convolve} in plain Java. */
final class ScalarConvolution implements Workers.Task {
  /** Output channels of one chunk: the pixels under the window are gathered once for all. */
  private static final int CHUNK_CHANNELS = 32;

  private FeatureMap x;
  private Convolution convolution;
  private ScalarLinear.Weights weights;
  private FeatureMap residual;
  private FeatureMap y;
  private int k;
  private int groupChannels; // output channels of a group
  private int chunksOfGroup;
  private float[][] scratch;

  private ScalarConvolution() {}

  static void run(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      ScalarLinear.Weights weights,
      FeatureMap residual,
      FeatureMap y) {
    ScalarConvolution task =
        execution.workspace().kept(ScalarConvolution.class, ScalarConvolution::new);
    task.x = x;
    task.convolution = convolution;
    task.weights = weights;
    task.residual = residual;
    task.y = y;
    task.k = weights.inFeatures();
    task.groupChannels = convolution.outChannels() / convolution.groups();
    task.chunksOfGroup = Math.ceilDiv(task.groupChannels, CHUNK_CHANNELS);
    int length = Math.multiplyExact(CHUNK_CHANNELS + LANES, task.k) + 2 * CHUNK_CHANNELS * LANES;
    task.scratch = execution.workspace().arrays(execution.workers().count(), length);
    execution.workers().forEach(convolution.groups() * task.chunksOfGroup, task);
  }

  @Override
  public void run(int chunk, int worker) {
    int group = chunk / chunksOfGroup;
    int within = chunk % chunksOfGroup * CHUNK_CHANNELS;
    int begin = group * groupChannels + within;
    int channels = Math.min(CHUNK_CHANNELS, groupChannels - within);
    float[] a = scratch[worker];
    int[] pixels = new int[LANES];
    int w = 0; // (channels, k)
    int panel = w + channels * k; // (k, 16)
    int product = panel + k * LANES; // (channels, 16)
    int added = product + channels * LANES; // (channels, 16)
    weights.weight().copyTo((long) begin * k, a, w, channels * k);
    Matrix to = y.matrix();
    for (int p = 0; p < to.panels(); p++) {
      gather(p, group, a, panel, pixels);
      for (int c = 0; c < channels; c++) {
        LaneProduct.compute(a, w + c * k, panel, k, product + c * LANES);
      }
      norm(a, product, begin, channels);
      if (residual != null) {
        Matrix from = residual.matrix();
        Floats.load(from.data(), from.index(p * LANES, begin), a, added, channels * LANES);
        add(a, product, added, channels * LANES);
      }
      ScalarLinear.activate(a, product, channels * LANES, convolution.activation());
      Floats.store(a, product, to.data(), to.index(p * LANES, begin), channels * LANES);
    }
  }

  /** Copies what lies under the window of a panel: (in channel of the group, tap, 16). */
  private void gather(int panel, int group, float[] a, int to, int[] pixels) {
    int taps = convolution.window().taps();
    int channels = k / taps;
    for (int tap = 0; tap < taps; tap++) {
      Taps.find(convolution.window(), x, y, panel, tap, pixels);
      for (int lane = 0; lane < LANES; lane++) {
        int at = to + tap * LANES + lane;
        if (pixels[lane] == Taps.OUTSIDE) {
          for (int c = 0; c < channels; c++) {
            a[at + c * taps * LANES] = 0f;
          }
        } else {
          int row = Taps.row(x, y, panel, pixels[lane], lane);
          copyLane(row, group * channels, channels, a, at, taps * LANES);
        }
      }
    }
  }

  private void copyLane(int row, int channel, int channels, float[] a, int at, int step) {
    long from = x.matrix().index(row, channel) * Float.BYTES;
    for (int c = 0; c < channels; c++) {
      a[at + c * step] =
          x.matrix().data().get(ValueLayout.JAVA_FLOAT, from + (long) c * LANES * Float.BYTES);
    }
  }

  private void norm(float[] a, int product, int begin, int channels) {
    for (int c = 0; c < channels; c++) {
      float scale = convolution.scale()[begin + c];
      float shift = convolution.shift()[begin + c];
      int from = product + c * LANES;
      for (int i = from; i < from + LANES; i++) {
        a[i] = Math.fma(a[i], scale, shift);
      }
    }
  }

  private static void add(float[] a, int to, int from, int count) {
    for (int i = 0; i < count; i++) {
      a[to + i] += a[from + i];
    }
  }
}
