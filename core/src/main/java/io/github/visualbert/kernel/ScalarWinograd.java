package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;
import static io.github.visualbert.kernel.WinogradTiles.INPUTS;
import static io.github.visualbert.kernel.WinogradTiles.OUTPUTS;
import static io.github.visualbert.kernel.WinogradTiles.POSITIONS;

import java.lang.foreign.ValueLayout;

/** {@link ImageKernels#convolve} of a {@link Winograd} convolution in plain Java. */
final class ScalarWinograd implements Workers.Task {
  /** Output channels that are computed together. */
  private static final int BLOCK_CHANNELS = 32;

  private FeatureMap x;
  private Convolution convolution;
  private ScalarLinear.Weights weights;
  private FeatureMap y;
  private WinogradTiles tiles;
  private int in;
  private int out;
  private float[][] scratch;

  private ScalarWinograd() {}

  static void run(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      ScalarLinear.Weights weights,
      FeatureMap y) {
    ScalarWinograd task = execution.workspace().kept(ScalarWinograd.class, ScalarWinograd::new);
    task.x = x;
    task.convolution = convolution;
    task.weights = weights;
    task.y = y;
    task.tiles = new WinogradTiles(y, convolution.window().dilation());
    task.in = convolution.inChannels();
    task.out = convolution.outChannels();
    int length =
        Math.multiplyExact(POSITIONS * LANES + BLOCK_CHANNELS, task.in)
            + BLOCK_CHANNELS * POSITIONS * LANES;
    task.scratch = execution.workspace().arrays(execution.workers().count(), length);
    execution.workers().forEach(task.tiles.panels(), task);
  }

  @Override
  public void run(int panel, int worker) {
    float[] a = scratch[worker];
    int inputs = 0; // (position, in channel, 16)
    int w = inputs + POSITIONS * in * LANES; // (block channels, in channel)
    int products = w + BLOCK_CHANNELS * in; // (block channel, position, 16)
    for (int position = 0; position < POSITIONS; position++) {
      for (int lane = 0; lane < LANES; lane++) {
        load(tiles.input(panel, lane, position), a, inputs + position * in * LANES + lane);
      }
    }
    int line = in * LANES;
    for (int i = 0; i < INPUTS; i++) {
      Winograd.input(a, inputs + i * INPUTS * line, line, line);
    }
    for (int j = 0; j < INPUTS; j++) {
      Winograd.input(a, inputs + j * line, INPUTS * line, line);
    }
    for (int begin = 0; begin < out; begin += BLOCK_CHANNELS) {
      int channels = Math.min(BLOCK_CHANNELS, out - begin);
      for (int position = 0; position < POSITIONS; position++) {
        weights.weight().copyTo(((long) position * out + begin) * in, a, w, channels * in);
        for (int c = 0; c < channels; c++) {
          int to = products + (c * POSITIONS + position) * LANES;
          LaneProduct.compute(a, w + c * in, inputs + position * line, in, to);
        }
      }
      for (int c = 0; c < channels; c++) {
        finish(panel, begin + c, a, products + c * POSITIONS * LANES);
      }
    }
  }

  private void load(int row, float[] a, int at) {
    if (row == Taps.OUTSIDE) {
      for (int c = 0; c < in; c++) {
        a[at + c * LANES] = 0f;
      }
      return;
    }
    long from = x.matrix().index(row, 0) * Float.BYTES;
    for (int c = 0; c < in; c++) {
      a[at + c * LANES] =
          x.matrix().data().get(ValueLayout.JAVA_FLOAT, from + (long) c * LANES * Float.BYTES);
    }
  }

  /** Transforms the products of one channel and stores its outputs. */
  private void finish(int panel, int channel, float[] a, int products) {
    for (int i = 0; i < INPUTS; i++) {
      Winograd.output(a, products + i * INPUTS * LANES, LANES, LANES);
    }
    for (int j = 0; j < OUTPUTS; j++) {
      Winograd.output(a, products + j * LANES, INPUTS * LANES, LANES);
    }
    float scale = convolution.scale()[channel];
    float shift = convolution.shift()[channel];
    for (int position = 0; position < OUTPUTS * OUTPUTS; position++) {
      int at = products + (position / OUTPUTS * INPUTS + position % OUTPUTS) * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        int row = tiles.output(panel, lane, position);
        if (row != Taps.OUTSIDE) {
          float value = Math.fma(a[at + lane], scale, shift);
          y.matrix().set(row, channel, convolution.activation().apply(value));
        }
      }
    }
  }
}
