package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import org.junit.jupiter.api.Test;

/** Tests of {@link Kernels#layerNorm}. */
public abstract class LayerNormContract extends KernelContract {
  private static final int[] ROWS = {1, 2, 15, 16, 17, 33};
  private static final int[] FEATURES = {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 64, 101, 768};

  @Test
  void agreesWithDoubleAndGivesTheSpecifiedBits() {
    for (int features : FEATURES) {
      for (int rows : ROWS) {
        Matrix x = random(rows, features, Layout.PANELS, rows);
        check(x, random(rows, features, Layout.PANELS, 7), weights(features));
        check(x, null, weights(features));
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  private void check(Matrix x, Matrix residual, LayerNormWeights weights) {
    int n = weights.features();
    String what = "%d x %d%s".formatted(x.rows(), n, residual == null ? "" : " with residual");
    Matrix y = run(kernels(), alone, x, residual, weights);
    compareBits(what, y, run(specification, alone, x, residual, weights));
    for (int r = 0; r < x.rows(); r++) {
      double[] s = new double[n];
      double mean = 0;
      for (int f = 0; f < n; f++) {
        s[f] = x.get(r, f) + (residual == null ? 0.0 : residual.get(r, f));
        mean += s[f] / n;
      }
      double variance = 0;
      for (double value : s) {
        variance += (value - mean) * (value - mean) / n;
      }
      double scale = 1 / Math.sqrt(variance + weights.epsilon());
      for (int f = 0; f < n; f++) {
        double normal = (s[f] - mean) * scale;
        double expected = normal * weights.weight()[f] + weights.bias()[f];
        // The sums are off by a random walk; what is off before scaling is scaled too. The numbers
        // are below 2.
        double tolerance =
            2 * (4 + Math.sqrt(n)) * ROUNDING * (1 + Math.abs(normal)) * (1 + 2 * scale);
        compare(what, r, f, y.get(r, f), expected, tolerance);
      }
    }
  }

  @Test
  void givesTheSpecifiedBitsForFlatRows() {
    for (int features : FEATURES) {
      Matrix x = output(3, features, Layout.PANELS);
      for (int f = 0; f < features; f++) {
        x.set(0, f, 0f);
        x.set(1, f, 0.1f);
        x.set(2, f, 1e30f);
      }
      LayerNormWeights weights = weights(features);
      Matrix y = run(kernels(), alone, x, null, weights);
      compareBits("flat, " + features, y, run(specification, alone, x, null, weights));
      for (int f = 0; f < features; f++) {
        assertThat(y.get(0, f)).isEqualTo(weights.bias()[f]);
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void mayWriteOverItsInputs() {
    LayerNormWeights weights = weights(37);
    Matrix x = random(21, 37, Layout.PANELS, 1);
    Matrix residual = random(21, 37, Layout.PANELS, 2);
    Matrix expected = run(kernels(), alone, x, residual, weights);

    Matrix x2 = rows(x, 0, 21);
    kernels().layerNorm(alone, x2, residual, weights, x2);
    compareBits("over x", x2, expected);
    Matrix residual2 = rows(residual, 0, 21);
    kernels().layerNorm(alone, x, residual2, weights, residual2);
    compareBits("over the residual", residual2, expected);
    Matrix both = rows(x, 0, 21);
    compareBits(
        "of twice x",
        run(kernels(), alone, both, both, weights),
        run(kernels(), alone, x, rows(x, 0, 21), weights));
    assertThat(failures).isEmpty();
  }

  @Test
  void givesTheSameBitsForARowAloneInABatchAndWithAnyNumberOfWorkers() {
    LayerNormWeights weights = weights(37);
    Matrix x = random(85, 37, Layout.PANELS, 1);
    Matrix residual = random(85, 37, Layout.PANELS, 2);
    Matrix batch = run(kernels(), alone, x, residual, weights);
    for (int r = 0; r < x.rows(); r++) {
      Matrix row = run(kernels(), alone, rows(x, r, r + 1), rows(residual, r, r + 1), weights);
      compareBits("row " + r, row, rows(batch, r, r + 1));
    }
    for (int count : new int[] {2, 3, 7}) {
      try (Workers workers = Workers.of(count)) {
        Execution together = new Execution(workers, alone.workspace());
        compareBits(count + " workers", run(kernels(), together, x, residual, weights), batch);
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void keepsWhatIsNotFiniteInItsRow() {
    LayerNormWeights weights = weights(33);
    Matrix x = random(19, 33, Layout.PANELS, 1);
    Matrix expected = run(kernels(), alone, x, null, weights);
    x.set(3, 5, Float.NaN);
    x.set(17, 0, Float.POSITIVE_INFINITY);
    Matrix y = run(kernels(), alone, x, null, weights);
    for (int f = 0; f < 33; f++) {
      assertThat(y.get(3, f)).isNaN();
      assertThat(y.get(17, f)).isNaN();
      y.set(3, f, expected.get(3, f));
      y.set(17, f, expected.get(17, f));
    }
    compareBits("the other rows", y, expected);
    assertThat(failures).isEmpty();
  }

  @Test
  void givesItsScratchMemoryBack() {
    long mark = alone.workspace().mark();
    run(kernels(), alone, random(17, 64, Layout.PANELS, 1), null, weights(64));
    assertThat(alone.workspace().mark()).isEqualTo(mark);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Matrix x = random(3, 16, Layout.PANELS, 1);
    Matrix y = output(3, 16, Layout.PANELS);
    refused(x, null, weights(17), y, "layer norm x has 16 columns, the weights have 17 features");
    refused(
        random(3, 16, Layout.ROWS, 1),
        null,
        weights(16),
        y,
        "layer norm x is in ROWS, expected PANELS");
    refused(
        x,
        null,
        weights(16),
        output(3, 16, Layout.ROWS),
        "layer norm y is in ROWS, expected PANELS");
    refused(
        x,
        null,
        weights(16),
        output(4, 16, Layout.PANELS),
        "layer norm y is 4 x 16, expected 3 x 16");
    refused(
        x,
        output(2, 16, Layout.PANELS),
        weights(16),
        y,
        "layer norm residual is 2 x 16, expected 3 x 16");
    Matrix room = random(35, 16, Layout.PANELS, 1);
    Matrix first = new Matrix(room.data(), 19, 16, Layout.PANELS);
    Matrix second = new Matrix(room.data().asSlice(16 * 16 * 4), 19, 16, Layout.PANELS);
    refused(first, null, weights(16), second, "layer norm would write over its input");
  }

  private void refused(
      Matrix x, Matrix residual, LayerNormWeights weights, Matrix y, String message) {
    assertThatThrownBy(() -> kernels().layerNorm(alone, x, residual, weights, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static LayerNormWeights weights(int features) {
    return new LayerNormWeights(vector(features, 3), vector(features, 4), 1e-12f);
  }

  private Matrix run(
      Kernels kernels, Execution execution, Matrix x, Matrix residual, LayerNormWeights weights) {
    Matrix y = output(x.rows(), x.columns(), Layout.PANELS);
    kernels.layerNorm(execution, x, residual, weights, y);
    return y;
  }
}
