package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.visualbert.tensor.Matrix;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** {@link Kernels#linear} in plain Java. */
final class ScalarLinear {
  /**
   * Output features of one chunk. The rows are converted to float once per chunk and a panel is
   * copied once per chunk, so the copies are about 1/32 of the products; a layer of 768 features
   * still gives 24 chunks to share.
   */
  private static final int CHUNK_FEATURES = 32;

  private ScalarLinear() {}

  /** The weights as the file has them: nothing is copied but the bias. */
  record Weights(Tensor weight, float[] bias) implements LinearWeights {
    @Override
    public int outFeatures() {
      return (int) weight.size(0);
    }

    @Override
    public int inFeatures() {
      return (int) weight.size(1);
    }
  }

  static void run(Execution execution, Matrix x, Weights weights, Activation activation, Matrix y) {
    int n = weights.outFeatures();
    int k = weights.inFeatures();
    int chunks = Math.ceilDiv(n, CHUNK_FEATURES);
    int room = Math.multiplyExact(CHUNK_FEATURES + LANES, k) + CHUNK_FEATURES * LANES;
    float[][] scratch = execution.workspace().arrays(execution.workers().count(), room);
    execution
        .workers()
        .forEach(
            chunks,
            (chunk, worker) -> {
              int begin = chunk * CHUNK_FEATURES;
              int end = Math.min(begin + CHUNK_FEATURES, n);
              features(x, weights, activation, y, begin, end, scratch[worker]);
            });
  }

  /** Computes the output features from begin to end for all rows. */
  private static void features(
      Matrix x, Weights weights, Activation activation, Matrix y, int begin, int end, float[] a) {
    int k = weights.inFeatures();
    int features = end - begin;
    int w = 0; // (features, k)
    int panel = w + features * k; // (k, 16)
    int product = panel + k * LANES; // (features, 16)
    weights.weight().copyTo((long) begin * k, a, w, features * k);
    for (int p = 0; p < x.panels(); p++) {
      MemorySegment.copy(
          x.data(), JAVA_FLOAT, x.index(p * LANES, 0) * Float.BYTES, a, panel, k * LANES);
      for (int f = 0; f < features; f++) {
        LaneProduct.compute(a, w + f * k, panel, k, product + f * LANES);
        float bias = weights.bias() == null ? 0f : weights.bias()[begin + f];
        finish(a, product + f * LANES, bias, activation);
      }
      store(a, product, y, p, begin, end);
    }
  }

  private static void finish(float[] a, int from, float bias, Activation activation) {
    for (int i = from; i < from + LANES; i++) {
      a[i] += bias;
    }
    switch (activation) {
      case LINEAR -> {}
      case GELU -> {
        for (int i = from; i < from + LANES; i++) {
          a[i] = FloatMath.gelu(a[i]);
        }
      }
      default -> {
        for (int i = from; i < from + LANES; i++) {
          a[i] = activation.apply(a[i]);
        }
      }
    }
  }

  /** Writes (features, 16) numbers to the columns from begin to end of one panel's rows. */
  private static void store(float[] a, int product, Matrix y, int panel, int begin, int end) {
    int row = panel * LANES;
    switch (y.layout()) {
      case PANELS ->
          MemorySegment.copy(
              a,
              product,
              y.data(),
              JAVA_FLOAT,
              y.index(row, begin) * Float.BYTES,
              (end - begin) * LANES);
      case COLUMNS -> {
        for (int f = begin; f < end; f++) {
          MemorySegment.copy(
              a,
              product + (f - begin) * LANES,
              y.data(),
              JAVA_FLOAT,
              y.index(row, f) * Float.BYTES,
              LANES);
        }
      }
      case ROWS -> {
        int rows = Math.min(LANES, y.rows() - row); // there is no room for more
        for (int lane = 0; lane < rows; lane++) {
          for (int f = begin; f < end; f++) {
            y.set(row + lane, f, a[product + (f - begin) * LANES + lane]);
          }
        }
      }
    }
  }
}
