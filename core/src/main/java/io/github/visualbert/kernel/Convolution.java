package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Tensor;

/**
 * A convolution with what follows it: a frozen batch norm or a bias as scale and shift, and an
 * activation. Immutable and thread-safe; the memory of the weights must outlive it.
 *
 * @param weights (out channels, in channels of a group x window rows x window columns), prepared by
 *     the kernels that will run it
 * @param scale (out channels)
 * @param shift (out channels)
 * @param groups how many blocks of input channels there are, each seen by one block of outputs
 */
public record Convolution(
    LinearWeights weights,
    float[] scale,
    float[] shift,
    Window window,
    int groups,
    Activation activation) {

  public Convolution {
    int out = weights.outFeatures();
    if (scale.length != out || shift.length != out) {
      throw new IllegalArgumentException(
          "a convolution to %d channels has %d scales and %d shifts"
              .formatted(out, scale.length, shift.length));
    }
    if (groups < 1 || out % groups != 0 || weights.inFeatures() % window.taps() != 0) {
      throw new IllegalArgumentException(
          "%d out channels, %d groups, %d weights each for a window of %d taps"
              .formatted(out, groups, weights.inFeatures(), window.taps()));
    }
  }

  /**
   * Prepares a convolution.
   *
   * @param weight (out channels, in channels of a group, window rows, window columns), used where
   *     it is
   */
  public static Convolution of(
      Kernels kernels,
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      int groups,
      Activation activation) {
    if (weight.rank() != 4 || weight.size(2) != window.size() || weight.size(3) != window.size()) {
      throw new IllegalArgumentException(
          "convolution weight is %s, expected (out channels, in channels, %d, %d)"
              .formatted(weight, window.size(), window.size()));
    }
    long in = Math.multiplyExact(weight.size(1), (long) window.taps());
    Tensor rows = new Tensor(weight.dtype(), new long[] {weight.size(0), in}, weight.data());
    return new Convolution(kernels.prepare(rows, null), scale, shift, window, groups, activation);
  }

  public int inChannels() {
    return weights.inFeatures() / window.taps() * groups;
  }

  public int outChannels() {
    return weights.outFeatures();
  }
}
