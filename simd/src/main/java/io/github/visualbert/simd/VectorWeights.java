package io.github.visualbert.simd;

import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;

/**
 * The weights of a linear layer where the file has them; only the bias is copied.
 *
 * @param weight (out features, in features), F32, F16 or BF16, native
 * @param bias (out features), zeros for none
 */
record VectorWeights(Tensor weight, float[] bias) implements LinearWeights {
  @Override
  public int outFeatures() {
    return (int) weight.size(0);
  }

  @Override
  public int inFeatures() {
    return (int) weight.size(1);
  }

  /** Returns whether rows are widened to float before they are used. */
  boolean half() {
    return weight.dtype() != DType.F32;
  }
}
