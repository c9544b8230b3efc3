package io.github.visualbert.detect;

/**
 * A batch norm whose statistics no longer change: {@code y = x · scale + shift} per channel.
 *
 * @param scale (channels)
 * @param shift (channels)
 */
record FrozenBatchNorm(float[] scale, float[] shift) {
  /**
   * Returns {@code (x - mean) / sqrt(variance + epsilon) · weight + bias} in that form, computed in
   * double. All arrays are (channels).
   */
  static FrozenBatchNorm of(
      float[] weight, float[] bias, float[] mean, float[] variance, double epsilon) {
    float[] scale = new float[weight.length];
    float[] shift = new float[weight.length];
    for (int c = 0; c < weight.length; c++) {
      double a = weight[c] / Math.sqrt(variance[c] + epsilon);
      scale[c] = (float) a;
      shift[c] = (float) (bias[c] - mean[c] * a);
    }
    return new FrozenBatchNorm(scale, shift);
  }
}
