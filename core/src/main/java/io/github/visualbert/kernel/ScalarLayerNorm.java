package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;

/** {@link Kernels#layerNorm} in plain Java. */
final class ScalarLayerNorm implements Workers.Task {
  private static final int ACCUMULATORS = 4;

  private Matrix x;
  private Matrix residual;
  private LayerNormWeights weights;
  private Matrix y;
  private float[][] scratch;

  private ScalarLayerNorm() {}

  static void run(
      Execution execution, Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    int length = Math.multiplyExact(2 * LANES, x.columns()) + (ACCUMULATORS + 2) * LANES;
    ScalarLayerNorm norm = execution.workspace().kept(ScalarLayerNorm.class, ScalarLayerNorm::new);
    norm.x = x;
    norm.residual = residual;
    norm.weights = weights;
    norm.y = y;
    norm.scratch = execution.workspace().arrays(execution.workers().count(), length);
    execution.workers().forEach(x.panels(), norm);
  }

  @Override
  public void run(int panel, int worker) {
    panel(x, residual, weights, y, panel, scratch[worker]);
  }

  private static void panel(
      Matrix x, Matrix residual, LayerNormWeights weights, Matrix y, int panel, float[] a) {
    int n = x.columns();
    int s = 0; // (n, 16): x + residual
    int other = s + n * LANES; // (n, 16): residual
    int sums = other + n * LANES; // (4, 16)
    int mean = sums + ACCUMULATORS * LANES; // (16)
    int scale = mean + LANES; // (16)
    long index = x.index(panel * LANES, 0);

    Floats.load(x.data(), index, a, s, n * LANES);
    if (residual != null) {
      Floats.load(residual.data(), index, a, other, n * LANES);
      add(a, s, other, n * LANES);
    }
    sum(a, s, n, sums);
    for (int lane = 0; lane < LANES; lane++) {
      a[mean + lane] = join(a, sums + lane) / n;
    }
    sumSquares(a, s, n, mean, sums);
    for (int lane = 0; lane < LANES; lane++) {
      // The root of a float, rounded from double to float, is the float nearest to the true root.
      a[scale + lane] = 1f / (float) Math.sqrt(join(a, sums + lane) / n + weights.epsilon());
    }
    normalise(a, s, mean, scale, weights.weight(), weights.bias());
    Floats.store(a, s, y.data(), index, n * LANES);
  }

  private static void add(float[] a, int s, int other, int count) {
    for (int i = 0; i < count; i++) {
      a[s + i] += a[other + i];
    }
  }

  private static void sum(float[] a, int s, int n, int sums) {
    clear(a, sums);
    for (int f = 0; f < n; f++) {
      int sum = sums + f % ACCUMULATORS * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        a[sum + lane] += a[s + f * LANES + lane];
      }
    }
  }

  private static void sumSquares(float[] a, int s, int n, int mean, int sums) {
    clear(a, sums);
    for (int f = 0; f < n; f++) {
      int sum = sums + f % ACCUMULATORS * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        float centred = a[s + f * LANES + lane] - a[mean + lane];
        a[sum + lane] = Math.fma(centred, centred, a[sum + lane]);
      }
    }
  }

  private static void normalise(
      float[] a, int s, int mean, int scale, float[] weight, float[] bias) {
    for (int f = 0; f < weight.length; f++) {
      for (int lane = 0; lane < LANES; lane++) {
        int i = s + f * LANES + lane;
        a[i] = Math.fma((a[i] - a[mean + lane]) * a[scale + lane], weight[f], bias[f]);
      }
    }
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
