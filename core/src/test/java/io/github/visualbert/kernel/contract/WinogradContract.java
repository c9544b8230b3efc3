package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** Tests of {@link ImageKernels#convolve} with {@link Convolution#winograd}. */
public abstract class WinogradContract extends KernelContract {
  private static final Window THREE = new Window(3, 1, 1, 1);
  private static final Window DILATED = new Window(3, 1, 2, 2);

  /** Around the edges of tiles, of panels of tiles, and of panels of pixels. */
  private static final int[][] SIZES = {
    {1, 1}, {1, 4}, {3, 5}, {4, 4}, {5, 8}, {2, 65}, {9, 31}, {33, 1}, {21, 24}, {7, 10}, {6, 48},
    {19, 67}
  };

  @Test
  void agreesWithTheDirectFormAndGivesTheSpecifiedBits() {
    for (int[] size : SIZES) {
      for (int channels : new int[] {1, 3, 15, 16, 17, 33}) {
        check(Order.PIXELS, 1, size[0], size[1], channels, 7, THREE, DType.F32);
        check(Order.PIXELS, 1, size[0], size[1], 5, channels, DILATED, DType.F32);
        operands.reset();
      }
      check(Order.STACKED, 1 + size[1] % 19, size[0], size[1] % 9 + 1, 5, 7, THREE, DType.F32);
      check(Order.STACKED, 17, size[0] % 8 + 1, size[1] % 9 + 1, 5, 7, DILATED, DType.F32);
      operands.reset();
    }
    check(Order.PIXELS, 1, 14, 15, 64, 48, THREE, DType.F16);
    check(Order.STACKED, 18, 14, 14, 48, 64, DILATED, DType.BF16);
    assertThat(failures).isEmpty();
  }

  private void check(
      Order order, int maps, int height, int width, int in, int out, Window window, DType dtype) {
    String what =
        "%d maps %d x %d, %d to %d, %s, %s".formatted(maps, height, width, in, out, window, dtype);
    FeatureMap x = map(order, maps, in, height, width);
    fill(x, 31L * height + width);
    Tensor weight = weight(out, in * 9, dtype, 7L * out + in);
    float[] scale = vector(out, out);
    float[] shift = vector(out, out + 1);
    Activation activation = out % 2 == 0 ? Activation.LINEAR : Activation.RELU;
    FeatureMap y = map(order, maps, out, height, width);
    FeatureMap expected = map(order, maps, out, height, width);
    run(kernels(), alone, x, weight, scale, shift, window, activation, y);
    run(specification, alone, x, weight, scale, shift, window, activation, expected);
    float[] w = weight.toFloatArray();
    for (int map = 0; map < maps; map++) {
      for (int c = 0; c < out; c++) {
        for (int pixel = 0; pixel < height * width; pixel++) {
          int row = pixel / width;
          int column = pixel % width;
          float actual = y.get(map, c, row, column);
          compare(what + " bits", row, column, actual, expected.get(map, c, row, column), 0);
          double sum = 0;
          double magnitude = 0;
          for (int i = 0; i < in * 9; i++) {
            int py = row + (i % 9 / 3 - 1) * window.dilation();
            int px = column + (i % 3 - 1) * window.dilation();
            boolean inside = py >= 0 && py < height && px >= 0 && px < width;
            double product = inside ? (double) w[c * in * 9 + i] * x.get(map, i / 9, py, px) : 0;
            sum += product;
            magnitude += Math.abs(w[c * in * 9 + i]);
          }
          // Transforms multiply the largest number by less than 100.
          double tolerance = (4 + Math.sqrt(in)) * 100 * ROUNDING * Math.max(magnitude, 1);
          double exact = sum * scale[c] + shift[c];
          compare(what, row, column, actual, activation.apply((float) exact), tolerance);
        }
      }
    }
  }

  /** Few workers divide the map; many transform it together, and divide the products, too. */
  @Test
  void givesTheSameBitsWithAnyNumberOfWorkers() {
    for (Order order : Order.values()) {
      int maps = order == Order.STACKED ? 3 : 1;
      FeatureMap x = map(order, maps, 24, 31, 29);
      fill(x, 1);
      Tensor weight = weight(66, 24 * 9, DType.F32, 2);
      float[] scale = vector(66, 3);
      FeatureMap expected = map(order, maps, 66, 31, 29);
      run(kernels(), alone, x, weight, scale, scale, THREE, Activation.RELU, expected);
      for (int count : new int[] {2, 3, 7, 19, 70}) {
        try (Workers workers = Workers.of(count)) {
          Execution together = new Execution(workers, alone.workspace());
          FeatureMap y = map(order, maps, 66, 31, 29);
          run(kernels(), together, x, weight, scale, scale, THREE, Activation.RELU, y);
          compareBits(count + " workers", y.matrix(), expected.matrix());
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void keepsItsScratchMemoryAndRefusesWhatItCannotDo() {
    long mark = alone.workspace().mark();
    check(Order.PIXELS, 1, 9, 20, 16, 32, THREE, DType.F32);
    assertThat(alone.workspace().mark()).isEqualTo(mark);
    FeatureMap x = map(Order.PIXELS, 1, 3, 4, 4);
    Convolution convolution =
        Convolution.winograd(
            kernels(),
            square(weight(3, 27, DType.F32, 1)),
            new float[3],
            new float[3],
            THREE,
            Activation.LINEAR,
            Arena.ofAuto());
    FeatureMap y = map(Order.PIXELS, 1, 3, 4, 4);
    assertThatThrownBy(
            () ->
                kernels()
                    .images()
                    .convolve(alone, x, convolution, map(Order.PIXELS, 1, 3, 4, 4), y))
        .hasMessageContaining("takes no residual");
    assertThatThrownBy(
            () ->
                Convolution.winograd(
                    kernels(),
                    square(weight(3, 27, DType.F32, 1)),
                    new float[3],
                    new float[3],
                    new Window(3, 2, 1, 1),
                    Activation.LINEAR,
                    Arena.ofAuto()))
        .hasMessageContaining("has no Winograd form");
  }

  private static void run(
      Kernels kernels,
      Execution execution,
      FeatureMap x,
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      Activation activation,
      FeatureMap y) {
    Convolution convolution =
        Convolution.winograd(
            kernels, square(weight), scale, shift, window, activation, Arena.ofAuto());
    kernels.images().convolve(execution, x, convolution, null, y);
  }

  private static Tensor square(Tensor weight) {
    long[] shape = {weight.size(0), weight.size(1) / 9, 3, 3};
    return new Tensor(weight.dtype(), shape, weight.data());
  }
}
