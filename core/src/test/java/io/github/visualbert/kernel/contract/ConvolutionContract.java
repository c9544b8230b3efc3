package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.ConvolutionWeights;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Tests of {@link ImageKernels#convolve}. */
public abstract class ConvolutionContract extends KernelContract {
  private static final Window THREE = new Window(3, 1, 1, 1);
  private static final Window DILATED = new Window(3, 1, 2, 2);
  private static final Window STRIDED = new Window(3, 2, 1, 1);
  private static final Window STEM = new Window(7, 2, 3, 1);
  private static final Window SKIPPING = new Window(1, 2, 0, 1);
  private static final Window UNPADDED = new Window(2, 1, 0, 1);

  /** Around the edges of panels: rows shorter and longer than 16 pixels, one pixel, one column. */
  private static final int[][] SIZES = {
    {1, 1}, {1, 16}, {3, 5}, {4, 4}, {5, 16}, {2, 17}, {7, 31}, {33, 1}, {9, 20}
  };

  @Test
  void givesTheSpecifiedBits() {
    for (Window window :
        new Window[] {Window.PIXEL, THREE, DILATED, STRIDED, STEM, SKIPPING, UNPADDED}) {
      for (int[] size : SIZES) {
        for (int out : new int[] {1, 6, 13}) {
          check(Order.PIXELS, 1, size[0], size[1], 3, out, window, 1, DType.F32);
        }
        check(
            Order.STACKED, 1 + size[1] % 19, size[0], size[1] % 9 + 1, 5, 7, window, 1, DType.F32);
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void takesGroups() {
    for (int groups : new int[] {2, 3, 4}) {
      for (Window window : new Window[] {Window.PIXEL, THREE, STRIDED}) {
        check(Order.PIXELS, 1, 6, 11, 3 * groups, 4 * groups, window, groups, DType.F32);
        check(Order.PIXELS, 1, 6, 11, 2 * groups, 13 * groups, window, groups, DType.F32);
        check(Order.STACKED, 18, 3, 3, 3 * groups, 4 * groups, window, groups, DType.F32);
      }
    }
    assertThat(failures).isEmpty();
  }

  /** Of channels that are multiples of four, around the edges of panels and of chunks of them. */
  @Test
  void takesGroupsThatKeepTheSize() {
    int[][] sizes = {{1, 1}, {1, 40}, {3, 5}, {5, 16}, {9, 33}, {33, 1}, {20, 34}, {17, 96}};
    for (int[] size : sizes) {
      for (Window window : new Window[] {Window.PIXEL, THREE, DILATED, new Window(5, 1, 2, 1)}) {
        check(Order.PIXELS, 1, size[0], size[1], 9 * 2, 9 * 4, window, 9, DType.F32);
        check(Order.PIXELS, 1, size[0], size[1], 2 * 5, 2 * 12, window, 2, DType.F32);
        check(Order.PIXELS, 1, size[0], size[1], 3 * 4, 3 * 16, window, 3, DType.F32);
        operands.reset();
      }
    }
    check(Order.PIXELS, 1, 9, 20, 2 * 33, 2 * 20, THREE, 2, DType.F32);
    check(Order.PIXELS, 1, 4, 2000, 2 * 8, 2 * 8, THREE, 2, DType.F32);
    assertThat(failures).isEmpty();
  }

  @Test
  void takesHalfPrecisionWeights() {
    for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
      for (int in : new int[] {3, 8, 64}) {
        check(Order.PIXELS, 1, 6, 19, in, 29, THREE, 1, dtype);
        check(Order.PIXELS, 1, 6, 19, in, 29, Window.PIXEL, 1, dtype);
        check(Order.STACKED, 17, 4, 4, in, 29, DILATED, 1, dtype);
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesTheSpecifiedBitsAtTheSizesOfDetectors() {
    check(Order.PIXELS, 1, 13, 23, 128, 96, THREE, 1, DType.F32);
    check(Order.PIXELS, 1, 20, 40, 256, 64, Window.PIXEL, 1, DType.F32);
    check(Order.STACKED, 16, 5, 5, 130, 50, DILATED, 1, DType.F32);
    assertThat(failures).isEmpty();
  }

  private void check(
      Order order,
      int maps,
      int height,
      int width,
      int in,
      int out,
      Window window,
      int groups,
      DType dtype) {
    if (window.outputs(height) == 0 || window.outputs(width) == 0) {
      return;
    }
    String what =
        "%d maps %d x %d, %d to %d, %s, %d groups, %s"
            .formatted(maps, height, width, in, out, window, groups, dtype);
    FeatureMap x = map(order, maps, in, height, width);
    fill(x, 31L * height + width);
    Tensor weight = weight(out, in / groups * window.taps(), dtype, 7L * out + in);
    FeatureMap residual = null;
    if (out % 2 == 1 || out / groups == 12) {
      residual = map(order, maps, out, window.outputs(height), window.outputs(width));
      fill(residual, 5);
    }
    Activation activation = out % 3 == 0 ? Activation.LINEAR : Activation.RELU;
    float[] scale = vector(out, out);
    float[] shift = vector(out, out + 1);
    FeatureMap y = map(order, maps, out, window.outputs(height), window.outputs(width));
    run(kernels(), alone, x, weight, scale, shift, window, groups, activation, residual, y);
    float[] w = weight.toFloatArray();
    int k = in / groups * window.taps();
    for (int map = 0; map < maps; map++) {
      for (int c = 0; c < out; c++) {
        for (int row = 0; row < y.height(); row++) {
          for (int column = 0; column < y.width(); column++) {
            float sum = 0;
            int group = c / (out / groups);
            for (int i = 0; i < k; i++) {
              int channel = group * (in / groups) + i / window.taps();
              int tap = i % window.taps();
              sum = Math.fma(w[c * k + i], under(x, map, channel, window, tap, row, column), sum);
            }
            float expected = Math.fma(sum, scale[c], shift[c]);
            if (residual != null) {
              expected += residual.get(map, c, row, column);
            }
            expected = activation.apply(expected);
            float actual = y.get(map, c, row, column);
            if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
              failures.add(
                  "%s: map %d channel %d (%d, %d) is %s, expected %s"
                      .formatted(what, map, c, row, column, actual, expected));
              return;
            }
          }
        }
      }
    }
  }

  private static float under(
      FeatureMap x, int map, int channel, Window window, int tap, int row, int column) {
    int py = row * window.stride() - window.padding() + tap / window.size() * window.dilation();
    int px = column * window.stride() - window.padding() + tap % window.size() * window.dilation();
    boolean inside = py >= 0 && py < x.height() && px >= 0 && px < x.width();
    return inside ? x.get(map, channel, py, px) : 0f;
  }

  @Test
  void givesTheSameBitsWithAnyNumberOfWorkers() {
    for (Window window : new Window[] {Window.PIXEL, THREE, STRIDED}) {
      FeatureMap x = map(Order.PIXELS, 1, 24, 11, 29);
      fill(x, 1);
      Tensor weight = weight(66, 24 * window.taps(), DType.F32, 2);
      int rows = window.outputs(11);
      int columns = window.outputs(29);
      FeatureMap expected = map(Order.PIXELS, 1, 66, rows, columns);
      float[] scale = vector(66, 3);
      run(kernels(), alone, x, weight, scale, scale, window, 1, Activation.RELU, null, expected);
      for (int count : new int[] {2, 3, 7}) {
        try (Workers workers = Workers.of(count)) {
          Execution together = new Execution(workers, alone.workspace());
          FeatureMap y = map(Order.PIXELS, 1, 66, rows, columns);
          run(kernels(), together, x, weight, scale, scale, window, 1, Activation.RELU, null, y);
          compareBits(count + " workers, " + window, y.matrix(), expected.matrix());
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesAMapTheSameBitsAloneAndStacked() {
    FeatureMap stacked = map(Order.STACKED, 19, 12, 6, 7);
    fill(stacked, 1);
    Tensor weight = weight(20, 12 * 9, DType.F32, 2);
    float[] scale = vector(20, 3);
    FeatureMap all = map(Order.STACKED, 19, 20, 6, 7);
    run(kernels(), alone, stacked, weight, scale, scale, DILATED, 1, Activation.RELU, null, all);
    for (int map = 0; map < 19; map++) {
      FeatureMap x = map(Order.PIXELS, 1, 12, 6, 7);
      for (int c = 0; c < 12; c++) {
        for (int p = 0; p < 42; p++) {
          x.set(0, c, p / 7, p % 7, stacked.get(map, c, p / 7, p % 7));
        }
      }
      FeatureMap y = map(Order.PIXELS, 1, 20, 6, 7);
      run(kernels(), alone, x, weight, scale, scale, DILATED, 1, Activation.RELU, null, y);
      for (int c = 0; c < 20; c++) {
        for (int p = 0; p < 42; p++) {
          assertThat(y.get(0, c, p / 7, p % 7)).isEqualTo(all.get(map, c, p / 7, p % 7));
        }
      }
    }
  }

  @Test
  void addsToItsOwnOutput() {
    for (Window window : new Window[] {Window.PIXEL, THREE}) {
      FeatureMap x = map(Order.PIXELS, 1, 9, 5, 14);
      fill(x, 1);
      Tensor weight = weight(13, 9 * window.taps(), DType.F32, 2);
      float[] scale = vector(13, 3);
      FeatureMap residual = map(Order.PIXELS, 1, 13, 5, 14);
      FeatureMap both = map(Order.PIXELS, 1, 13, 5, 14);
      fill(residual, 4);
      fill(both, 4);
      FeatureMap y = map(Order.PIXELS, 1, 13, 5, 14);
      run(kernels(), alone, x, weight, scale, scale, window, 1, Activation.RELU, residual, y);
      run(kernels(), alone, x, weight, scale, scale, window, 1, Activation.RELU, both, both);
      compareBits(window.toString(), both.matrix(), y.matrix());
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesItsScratchMemoryBack() {
    long mark = alone.workspace().mark();
    check(Order.PIXELS, 1, 9, 20, 16, 32, THREE, 1, DType.F16);
    assertThat(alone.workspace().mark()).isEqualTo(mark);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Convolution convolution = convolution(5, 3, THREE);
    FeatureMap x = map(Order.PIXELS, 1, 3, 4, 6);
    FeatureMap y = map(Order.PIXELS, 1, 5, 4, 6);
    refused(map(Order.PIXELS, 1, 4, 4, 6), convolution, null, y, "expected 3 channels");
    refused(x, convolution, null, map(Order.PIXELS, 1, 5, 4, 5), "expected 1 maps of 5 x 4 x 6");
    refused(x, convolution, null, map(Order.PIXELS, 1, 6, 4, 6), "expected 1 maps of 5 x 4 x 6");
    refused(x, convolution, null, map(Order.STACKED, 1, 5, 4, 6), "expected 1 maps of 5 x 4 x 6");
    refused(x, convolution, map(Order.PIXELS, 1, 5, 3, 6), y, "expected one like y");
    assertThatThrownBy(() -> new Window(0, 1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                Convolution.direct(
                    kernels(),
                    weight(5, 27, DType.F32, 1),
                    new float[5],
                    new float[5],
                    THREE,
                    1,
                    Activation.LINEAR))
        .hasMessageContaining("expected (out channels, in channels, 3, 3)");
  }

  private Convolution convolution(int out, int in, Window window) {
    return new Convolution(
        ConvolutionWeights.direct(kernels(), weight(out, in * window.taps(), DType.F32, 1)),
        new float[out],
        new float[out],
        window,
        1,
        Activation.LINEAR,
        false);
  }

  private void refused(
      FeatureMap x, Convolution convolution, FeatureMap residual, FeatureMap y, String message) {
    assertThatThrownBy(() -> kernels().images().convolve(alone, x, convolution, residual, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static void run(
      Kernels kernels,
      Execution execution,
      FeatureMap x,
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      int groups,
      Activation activation,
      FeatureMap residual,
      FeatureMap y) {
    long in = weight.size(1) / window.taps();
    Tensor square =
        new Tensor(
            weight.dtype(),
            new long[] {weight.size(0), in, window.size(), window.size()},
            weight.data());
    Convolution convolution =
        Convolution.direct(kernels, square, scale, shift, window, groups, activation);
    kernels.images().convolve(execution, x, convolution, residual, y);
  }
}
