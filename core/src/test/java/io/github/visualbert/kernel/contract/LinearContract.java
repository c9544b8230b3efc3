package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Tests of {@link Kernels#linear}. */
public abstract class LinearContract extends KernelContract {
  /**
   * Around the edges of panels, half panels, and tiles of 6, 8 and 32 features; primes; and what
   * models have.
   */
  private static final int[] ROWS = {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 56};

  private static final int[] OUT = {1, 2, 5, 6, 7, 8, 9, 12, 13, 31, 32, 37};
  private static final int[] IN = {1, 2, 3, 15, 16, 17, 64, 101};

  @Test
  void agreesWithDoubleAndGivesTheSpecifiedBits() {
    for (int in : IN) {
      for (int out : OUT) {
        for (int rows : ROWS) {
          check(rows, out, in, DType.F32, Activation.LINEAR, Layout.PANELS);
        }
        operands.reset();
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void agreesWithDoubleAtTheSizesOfModels() {
    check(56, 768, 768, DType.F32, Activation.LINEAR, Layout.PANELS);
    check(20, 3072, 768, DType.F32, Activation.GELU, Layout.PANELS);
    check(9, 768, 3072, DType.F32, Activation.LINEAR, Layout.PANELS);
    check(3, 3129, 768, DType.F32, Activation.LINEAR, Layout.ROWS);
    check(1, 768, 768, DType.F32, Activation.TANH, Layout.PANELS);
    assertThat(failures).isEmpty();
  }

  @Test
  void takesEveryLayoutActivationAndWeightType() {
    for (Layout layout : Layout.values()) {
      for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
        for (Activation activation : Activation.values()) {
          for (int rows : new int[] {1, 16, 19}) {
            check(rows, 37, 64, dtype, activation, layout);
          }
        }
        operands.reset();
      }
    }
    assertThat(failures).isEmpty();
  }

  private void check(int rows, int out, int in, DType dtype, Activation activation, Layout layout) {
    String what = "%d x %d x %d %s %s %s".formatted(rows, out, in, dtype, activation, layout);
    Matrix x = random(rows, in, Layout.PANELS, rows);
    Tensor weight = weight(out, in, dtype, 31L * out + in);
    float[] bias = out % 2 == 0 ? null : vector(out, out);
    Matrix y = run(kernels(), alone, x, weight, bias, activation, layout);
    compareBits(what, y, run(specification, alone, x, weight, bias, activation, layout));

    float[] w = weight.toFloatArray();
    for (int r = 0; r < rows; r++) {
      for (int f = 0; f < out; f++) {
        double sum = bias == null ? 0 : bias[f];
        double magnitude = Math.abs(sum);
        for (int k = 0; k < in; k++) {
          double product = (double) w[f * in + k] * x.get(r, k);
          sum += product;
          magnitude += Math.abs(product);
        }
        // Roundings are as good as random and add up like a random walk; no activation is steeper
        // than 2 + 2 |x|.
        double steepness = 2 + 2 * Math.abs(sum);
        double tolerance = steepness * (2 + Math.sqrt(in)) * ROUNDING * magnitude + 2e-7;
        compare(what, r, f, y.get(r, f), activation.apply((float) sum), tolerance);
      }
    }
  }

  @Test
  void givesTheSameBitsForARowAloneAndInABatch() {
    Matrix x = random(53, 48, Layout.PANELS, 1);
    Tensor weight = weight(29, 48, DType.F32, 2);
    Matrix batch = run(kernels(), alone, x, weight, vector(29, 3), Activation.GELU, Layout.ROWS);
    for (int r = 0; r < x.rows(); r++) {
      Matrix row =
          run(
              kernels(),
              alone,
              rows(x, r, r + 1),
              weight,
              vector(29, 3),
              Activation.GELU,
              Layout.ROWS);
      compareBits("row " + r, row, rows(batch, r, r + 1));
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesTheSameBitsWithAnyNumberOfWorkers() {
    Matrix x = random(75, 48, Layout.PANELS, 1);
    Tensor weight = weight(133, 48, DType.F32, 2);
    for (Layout layout : Layout.values()) {
      Matrix expected = run(kernels(), alone, x, weight, vector(133, 3), Activation.GELU, layout);
      for (int count : new int[] {2, 3, 7}) {
        try (Workers workers = Workers.of(count)) {
          Execution together = new Execution(workers, alone.workspace());
          Matrix y = run(kernels(), together, x, weight, vector(133, 3), Activation.GELU, layout);
          compareBits(count + " workers, " + layout, y, expected);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void keepsWhatIsNotFiniteInItsRow() {
    Matrix x = random(21, 32, Layout.PANELS, 1);
    Tensor weight = weight(19, 32, DType.F32, 2);
    Matrix expected = run(kernels(), alone, x, weight, null, Activation.GELU, Layout.ROWS);
    x.set(3, 5, Float.NaN);
    x.set(17, 0, Float.POSITIVE_INFINITY);
    Matrix y = run(kernels(), alone, x, weight, null, Activation.GELU, Layout.ROWS);
    for (int f = 0; f < 19; f++) {
      assertThat(y.get(3, f)).isNaN();
      assertThat(y.get(17, f)).isIn(0f, -0f, Float.POSITIVE_INFINITY);
      y.set(3, f, expected.get(3, f));
      y.set(17, f, expected.get(17, f));
    }
    compareBits("the other rows", y, expected);
    assertThat(failures).isEmpty();
  }

  @Test
  void writesNowhereElse() {
    for (Layout layout : Layout.values()) {
      for (int rows : ROWS) {
        Matrix x = random(rows, 16, Layout.PANELS, rows);
        long floats = Matrix.floats(rows, 13, layout);
        MemorySegment room = operands.floats(floats + 64);
        room.fill((byte) 0x55);
        MemorySegment inside = room.asSlice(32 * Float.BYTES, floats * Float.BYTES);
        run(
            kernels(),
            alone,
            x,
            weight(13, 16, DType.F32, 1),
            null,
            Activation.GELU,
            new Matrix(inside, rows, 13, layout));
        for (int i = 0; i < 32; i++) {
          assertThat(room.getAtIndex(ValueLayout.JAVA_INT, i)).isEqualTo(0x55555555);
          assertThat(room.getAtIndex(ValueLayout.JAVA_INT, 32 + floats + i)).isEqualTo(0x55555555);
        }
      }
    }
  }

  @Test
  void givesItsScratchMemoryBack() {
    long mark = alone.workspace().mark();
    run(
        kernels(),
        alone,
        random(17, 64, Layout.PANELS, 1),
        weight(64, 64, DType.BF16, 2),
        null,
        Activation.GELU,
        Layout.PANELS);
    assertThat(alone.workspace().mark()).isEqualTo(mark);
  }

  @Test
  void takesNoRows() {
    Matrix y =
        run(
            kernels(),
            alone,
            random(0, 16, Layout.PANELS, 1),
            weight(4, 16, DType.F32, 2),
            null,
            Activation.GELU,
            Layout.ROWS);
    assertThat(y.rows()).isZero();
  }

  @Test
  void refusesWhatDoesNotFit() {
    LinearWeights weights = kernels().prepare(weight(5, 16, DType.F32, 1), null);
    assertThat(weights.outFeatures()).isEqualTo(5);
    assertThat(weights.inFeatures()).isEqualTo(16);
    Matrix x = random(3, 16, Layout.PANELS, 1);
    Matrix y = output(3, 5, Layout.ROWS);
    refused(
        random(3, 17, Layout.PANELS, 1),
        weights,
        y,
        "linear x has 17 columns, the weights have 16 in features");
    refused(random(3, 16, Layout.ROWS, 1), weights, y, "linear x is in ROWS, expected PANELS");
    refused(x, weights, output(3, 6, Layout.ROWS), "linear y is 3 x 6, expected 3 x 5");
    refused(x, weights, output(2, 5, Layout.ROWS), "linear y is 2 x 5, expected 3 x 5");
    refused(
        x, weights, new Matrix(x.data(), 3, 5, Layout.ROWS), "linear would write over its input");
    refused(
        x,
        new LinearWeights() {
          @Override
          public int outFeatures() {
            return 5;
          }

          @Override
          public int inFeatures() {
            return 16;
          }
        },
        y,
        "expected those that " + kernels().provider() + " prepared");
  }

  @Test
  void preparesOnlyWhatItCanRead() {
    unprepared(
        Tensor.of(new float[4], 2, 2),
        null,
        "linear weight is in heap memory, expected native memory");
    unprepared(
        Tensor.of(new long[4], 2, 2),
        null,
        "linear weight is I64[2, 2], expected F32, F16 or BF16");
    Tensor cube = new Tensor(DType.F32, new long[] {2, 2, 1}, operands.floats(4));
    unprepared(cube, null, "linear weight is F32[2, 2, 1], expected (out features, in features)");
    Tensor bias = Tensor.of(new float[2], 2);
    unprepared(
        weight(3, 2, DType.F32, 1),
        bias,
        "linear bias is F32[2], expected 3 floating-point numbers");
  }

  private void refused(Matrix x, LinearWeights weights, Matrix y, String message) {
    assertThatThrownBy(() -> kernels().linear(alone, x, weights, Activation.LINEAR, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private void unprepared(Tensor weight, Tensor bias, String message) {
    assertThatThrownBy(() -> kernels().prepare(weight, bias))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private Matrix run(
      Kernels kernels,
      Execution execution,
      Matrix x,
      Tensor weight,
      float[] bias,
      Activation activation,
      Layout layout) {
    Matrix y = output(x.rows(), (int) weight.size(0), layout);
    run(kernels, execution, x, weight, bias, activation, y);
    return y;
  }

  private void run(
      Kernels kernels,
      Execution execution,
      Matrix x,
      Tensor weight,
      float[] bias,
      Activation activation,
      Matrix y) {
    Tensor biasTensor =
        bias == null ? null : Tensor.of(Arrays.copyOf(bias, bias.length), bias.length);
    kernels.linear(execution, x, kernels.prepare(weight, biasTensor), activation, y);
  }
}
