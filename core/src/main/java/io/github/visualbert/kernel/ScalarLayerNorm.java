package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.visualbert.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/** {@link Kernels#layerNorm} in plain Java. */
final class ScalarLayerNorm {
  private static final int ACCUMULATORS = 4;

  private ScalarLayerNorm() {}

  static void run(
      Execution execution, Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    int room = Math.multiplyExact(2 * LANES, x.columns()) + (ACCUMULATORS + 2) * LANES;
    float[][] scratch = execution.workspace().arrays(execution.workers().count(), room);
    execution
        .workers()
        .forEach(
            x.panels(), (panel, worker) -> panel(x, residual, weights, y, panel, scratch[worker]));
  }

  private static void panel(
      Matrix x, Matrix residual, LayerNormWeights weights, Matrix y, int panel, float[] a) {
    int n = x.columns();
    int s = 0; // (n, 16): x + residual
    int other = s + n * LANES; // (n, 16): residual
    int sums = other + n * LANES; // (4, 16)
    int mean = sums + ACCUMULATORS * LANES; // (16)
    int scale = mean + LANES; // (16)
    long offset = x.index(panel * LANES, 0) * Float.BYTES;

    MemorySegment.copy(x.data(), JAVA_FLOAT, offset, a, s, n * LANES);
    if (residual != null) {
      MemorySegment.copy(residual.data(), JAVA_FLOAT, offset, a, other, n * LANES);
      for (int i = 0; i < n * LANES; i++) {
        a[s + i] += a[other + i];
      }
    }

    clear(a, sums);
    for (int f = 0; f < n; f++) {
      int sum = sums + f % ACCUMULATORS * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        a[sum + lane] += a[s + f * LANES + lane];
      }
    }
    for (int lane = 0; lane < LANES; lane++) {
      a[mean + lane] = join(a, sums + lane) / n;
    }

    clear(a, sums);
    for (int f = 0; f < n; f++) {
      int sum = sums + f % ACCUMULATORS * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        float centred = a[s + f * LANES + lane] - a[mean + lane];
        a[sum + lane] = Math.fma(centred, centred, a[sum + lane]);
      }
    }
    for (int lane = 0; lane < LANES; lane++) {
      // The root of a float, rounded from double to float, is the float nearest to the true root.
      a[scale + lane] = 1f / (float) Math.sqrt(join(a, sums + lane) / n + weights.epsilon());
    }

    for (int f = 0; f < n; f++) {
      float weight = weights.weight()[f];
      float bias = weights.bias()[f];
      for (int lane = 0; lane < LANES; lane++) {
        int i = s + f * LANES + lane;
        a[i] = Math.fma((a[i] - a[mean + lane]) * a[scale + lane], weight, bias);
      }
    }
    MemorySegment.copy(a, s, y.data(), JAVA_FLOAT, offset, n * LANES);
  }

  private static void clear(float[] a, int sums) {
    for (int i = 0; i < ACCUMULATORS * LANES; i++) {
      a[sums + i] = 0f;
    }
  }

  private static float join(float[] a, int sum) {
    return (a[sum] + a[sum + LANES]) + (a[sum + 2 * LANES] + a[sum + 3 * LANES]);
  }
}
