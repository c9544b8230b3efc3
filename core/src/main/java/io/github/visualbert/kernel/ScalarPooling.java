package io.github.visualbert.kernel;

import java.util.Arrays;

/** The operations of {@link ImageKernels} that only move, compare and add, in plain Java. */
final class ScalarPooling {
  private static final int LANES = Matrix.PANEL_ROWS;

  private ScalarPooling() {}

  static void maxPool(Execution execution, FeatureMap x, Window window, FeatureMap y) {
    execution.workers().forEach(y.matrix().panels(), (panel, _) -> max(x, window, y, panel));
  }

  private static void max(FeatureMap x, Window window, FeatureMap y, int panel) {
    int channels = y.channels();
    float[] largest = new float[channels * LANES];
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    int[] pixels = new int[LANES];
    for (int tap = 0; tap < window.taps(); tap++) {
      Taps.find(window, x, y, panel, tap, pixels);
      for (int lane = 0; lane < LANES; lane++) {
        if (pixels[lane] != Taps.OUTSIDE) {
          int row = Taps.row(x, y, panel, pixels[lane], lane);
          for (int c = 0; c < channels; c++) {
            largest[c * LANES + lane] = Math.max(largest[c * LANES + lane], x.matrix().get(row, c));
          }
        }
      }
    }
    Floats.store(largest, 0, y.matrix().data(), y.matrix().index(panel * LANES, 0), largest.length);
  }

  static void toRows(Execution execution, FeatureMap x, Matrix y) {
    execution
        .workers()
        .forEach(
            x.matrix().panels(),
            (panel, _) -> {
              int end = Math.min((panel + 1) * LANES, x.pixels());
              for (int row = panel * LANES; row < end; row++) {
                x.matrix().copyRow(row, y, row);
              }
            });
  }

  static void mean(Execution execution, FeatureMap x, Matrix y) {
    execution.workers().forEach(y.panels(), (block, _) -> mean(x, y, block));
  }

  private static void mean(FeatureMap x, Matrix y, int block) {
    int numbers = x.channels() * LANES;
    float[] sums = new float[numbers];
    float[] values = new float[numbers];
    for (int pixel = 0; pixel < x.pixels(); pixel++) {
      int row = (block * x.pixels() + pixel) * LANES;
      Floats.load(x.matrix().data(), x.matrix().index(row, 0), values, 0, numbers);
      for (int i = 0; i < numbers; i++) {
        sums[i] += values[i];
      }
    }
    for (int i = 0; i < numbers; i++) {
      sums[i] /= x.pixels();
    }
    Floats.store(sums, 0, y.data(), y.index(block * LANES, 0), numbers);
  }

  static void flatten(Execution execution, FeatureMap x, Matrix y) {
    execution
        .workers()
        .forEach(
            x.maps(),
            (map, _) -> {
              for (int c = 0; c < x.channels(); c++) {
                for (int pixel = 0; pixel < x.pixels(); pixel++) {
                  float value = x.get(map, c, pixel / x.width(), pixel % x.width());
                  y.set(map, c * x.pixels() + pixel, value);
                }
              }
            });
  }

  static void addUpsampled(Execution execution, FeatureMap x, FeatureMap y) {
    execution
        .workers()
        .forEach(
            y.height(),
            (row, _) -> {
              for (int column = 0; column < y.width(); column++) {
                for (int c = 0; c < y.channels(); c++) {
                  float sum = y.get(0, c, row, column) + x.get(0, c, row / 2, column / 2);
                  y.set(0, c, row, column, sum);
                }
              }
            });
  }

  static void norm(
      Execution execution,
      FeatureMap x,
      float[] scale,
      float[] shift,
      FeatureMap residual,
      Activation activation,
      FeatureMap y) {
    execution
        .workers()
        .forEach(
            x.matrix().panels(),
            (panel, _) -> {
              int numbers = x.channels() * LANES;
              long at = x.matrix().index(panel * LANES, 0);
              float[] values = new float[numbers];
              float[] added = new float[numbers];
              Floats.load(x.matrix().data(), at, values, 0, numbers);
              if (residual != null) {
                Floats.load(residual.matrix().data(), at, added, 0, numbers);
              }
              for (int i = 0; i < numbers; i++) {
                float value = Math.fma(values[i], scale[i / LANES], shift[i / LANES]);
                values[i] = activation.apply(residual == null ? value : value + added[i]);
              }
              Floats.store(values, 0, y.matrix().data(), at, numbers);
            });
  }
}
