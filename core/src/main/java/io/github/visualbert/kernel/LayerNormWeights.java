package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Tensor;

/**
 * The parameters of a layer norm.
 *
 * @param weight (features)
 * @param bias (features)
 * @param epsilon added to the variance, inside the square root
 */
public record LayerNormWeights(float[] weight, float[] bias, float epsilon) {

  public LayerNormWeights {
    if (weight.length != bias.length) {
      throw new IllegalArgumentException(
          "layer norm weight has %d features, bias %d".formatted(weight.length, bias.length));
    }
  }

  /** Widens the parameters to float; they are small. */
  public static LayerNormWeights of(Tensor weight, Tensor bias, double epsilon) {
    return new LayerNormWeights(weight.toFloatArray(), bias.toFloatArray(), (float) epsilon);
  }

  public int features() {
    return weight.length;
  }
}
