package io.github.visualbert.simd;

import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;

/**
 * The weights of a linear layer, used in place; only the bias is copied.
 *
 * @param weight (output features, input features), F32, F16 or BF16, in native memory
 * @param bias (output features), zeros if the layer has none
 */
record VectorWeights(Tensor weight, float[] bias) implements LinearWeights {
  /** Returns weights that these kernels prepared. */
  static VectorWeights own(LinearWeights weights) {
    if (!(weights instanceof VectorWeights prepared)) {
      throw new IllegalArgumentException(
          "linear weights are %s, expected those that %s prepared"
              .formatted(weights.getClass().getName(), VectorKernelProvider.NAME));
    }
    return prepared;
  }

  @Override
  public int outFeatures() {
    return (int) weight.size(0);
  }

  @Override
  public int inFeatures() {
    return (int) weight.size(1);
  }

  /** Returns whether the weights are F16 or BF16. */
  boolean halfPrecision() {
    return weight.dtype() != DType.F32;
  }
}
