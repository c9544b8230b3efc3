package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;

import io.github.visualbert.tensor.Tensor;

/** {@link Kernels#linear} in plain Java. */
final class ScalarLinear implements Workers.Task {
  /**
   * Output features of one chunk. The rows are converted to float once per chunk and a panel is
   * copied once per chunk, so the copies are about 1/32 of the products; a layer of 768 features
   * still gives 24 chunks to share.
   */
  private static final int CHUNK_FEATURES = 32;

  private Matrix x;
  private Weights weights;
  private Activation activation;
  private Matrix y;
  private float[][] scratch;

  private ScalarLinear() {}

  /** The weights in the order of the file; only the bias is copied. */
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
    int k = weights.inFeatures();
    int length = Math.multiplyExact(CHUNK_FEATURES + LANES, k) + CHUNK_FEATURES * (LANES + 1);
    ScalarLinear linear = execution.workspace().kept(ScalarLinear.class, ScalarLinear::new);
    linear.x = x;
    linear.weights = weights;
    linear.activation = activation;
    linear.y = y;
    linear.scratch = execution.workspace().arrays(execution.workers().count(), length);
    execution.workers().forEach(Math.ceilDiv(weights.outFeatures(), CHUNK_FEATURES), linear);
  }

  @Override
  public void run(int chunk, int worker) {
    int begin = chunk * CHUNK_FEATURES;
    int end = Math.min(begin + CHUNK_FEATURES, weights.outFeatures());
    features(x, weights, activation, y, begin, end, scratch[worker]);
  }

  /** Computes the output features from begin to end for all rows. */
  private static void features(
      Matrix x, Weights weights, Activation activation, Matrix y, int begin, int end, float[] a) {
    int k = weights.inFeatures();
    int features = end - begin;
    int w = 0; // (features, k)
    int panel = w + features * k; // (k, 16)
    int product = panel + k * LANES; // (features, 16)
    int line = product + features * LANES; // (features): one row of the product
    weights.weight().copyTo((long) begin * k, a, w, features * k);
    for (int p = 0; p < x.panels(); p++) {
      Floats.load(x.data(), x.index(p * LANES, 0), a, panel, k * LANES);
      products(a, w, panel, k, product, features);
      addBias(a, product, weights.bias(), begin, features);
      activate(a, product, features * LANES, activation);
      store(a, product, line, y, p, begin, features);
    }
  }

  // Each step is a small method over one array: a cold JVM compiles these in milliseconds, whereas
  // one method for a whole chunk takes a tenth of a second, twice.

  private static void products(float[] a, int w, int panel, int k, int product, int features) {
    for (int f = 0; f < features; f++) {
      LaneProduct.compute(a, w + f * k, panel, k, product + f * LANES);
    }
  }

  private static void addBias(float[] a, int product, float[] bias, int begin, int features) {
    for (int f = 0; f < features; f++) {
      float b = bias == null ? 0f : bias[begin + f];
      int from = product + f * LANES;
      for (int i = from; i < from + LANES; i++) {
        a[i] += b;
      }
    }
  }

  static void activate(float[] a, int from, int count, Activation activation) {
    switch (activation) {
      case LINEAR -> {}
      case GELU -> gelu(a, from, count);
      default -> {
        for (int i = from; i < from + count; i++) {
          a[i] = activation.apply(a[i]);
        }
      }
    }
  }

  private static void gelu(float[] a, int from, int count) {
    for (int i = from; i < from + count; i++) {
      a[i] = FloatMath.gelu(a[i]);
    }
  }

  /** Stores (features, 16) numbers in one panel's rows, from column {@code begin} on. */
  private static void store(
      float[] a, int product, int line, Matrix y, int panel, int begin, int features) {
    int row = panel * LANES;
    switch (y.layout()) {
      case PANELS -> Floats.store(a, product, y.data(), y.index(row, begin), features * LANES);
      case COLUMNS -> storeColumns(a, product, y, row, begin, features);
      case ROWS -> storeRows(a, product, line, y, row, begin, features);
    }
  }

  private static void storeColumns(
      float[] a, int product, Matrix y, int row, int begin, int features) {
    for (int f = 0; f < features; f++) {
      Floats.store(a, product + f * LANES, y.data(), y.index(row, begin + f), LANES);
    }
  }

  private static void storeRows(
      float[] a, int product, int line, Matrix y, int row, int begin, int features) {
    int rows = Math.min(LANES, y.rows() - row); // the last panel may hold fewer
    for (int lane = 0; lane < rows; lane++) {
      gather(a, product + lane, line, features);
      Floats.store(a, line, y.data(), y.index(row + lane, begin), features);
    }
  }

  /** Copies one lane of the features to consecutive elements. */
  private static void gather(float[] a, int from, int to, int features) {
    for (int f = 0; f < features; f++) {
      a[to + f] = a[from + f * LANES];
    }
  }
}
