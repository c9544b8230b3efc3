package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.SegmentAllocator;

/**
 * A convolution with what follows it: a frozen batch norm or a bias as scale and shift, and an
 * activation. Immutable and thread-safe; the memory of the weights must outlive it.
 *
 * @param weights (out channels, in channels of a group x window rows x window columns), prepared
 *     for the kernels that will run it
 * @param scale (out channels)
 * @param shift (out channels)
 * @param groups how many blocks of input channels there are, each seen by one block of outputs
 * @param winograd whether the weights are transformed, (36 x out channels, in channels): see {@link
 *     Winograd}
 */
public record Convolution(
    ConvolutionWeights weights,
    float[] scale,
    float[] shift,
    Window window,
    int groups,
    Activation activation,
    boolean winograd) {
  /**
   * The fewest input and output channels for which transforms cost less than they save. Decided by
   * the layer alone, so that a map has the same bits whatever stands beside it.
   */
  private static final int WINOGRAD_CHANNELS = 32;

  public Convolution {
    int out = weights.outFeatures() / (winograd ? WinogradTiles.POSITIONS : 1);
    if (scale.length != out || shift.length != out) {
      throw new IllegalArgumentException(
          "a convolution to %d channels has %d scales and %d shifts"
              .formatted(out, scale.length, shift.length));
    }
    if (groups < 1
        || out % groups != 0
        || winograd && !fitsWinograd(window, groups)
        || !winograd && weights.inFeatures() % window.taps() != 0) {
      throw new IllegalArgumentException(
          "%d out channels, %d groups, %d weights each for a window of %d taps"
              .formatted(out, groups, weights.inFeatures(), window.taps()));
    }
  }

  /**
   * Prepares a convolution, in the form that is fastest for its shape.
   *
   * @param weight (out channels, in channels of a group, window rows, window columns), used where
   *     it is unless it is transformed
   * @param allocator for transformed weights
   */
  public static Convolution of(
      Kernels kernels,
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      int groups,
      Activation activation,
      SegmentAllocator allocator) {
    return fitsWinograd(window, groups)
            && Math.min(weight.size(0), weight.size(1)) >= WINOGRAD_CHANNELS
        ? winograd(kernels, weight, scale, shift, window, activation, allocator)
        : direct(kernels, weight, scale, shift, window, groups, activation);
  }

  /** Prepares a convolution with its weights as they are; see {@link #of} for the parameters. */
  public static Convolution direct(
      Kernels kernels,
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      int groups,
      Activation activation) {
    checkWeight(weight, window);
    long in = Math.multiplyExact(weight.size(1), (long) window.taps());
    Tensor rows = new Tensor(weight.dtype(), new long[] {weight.size(0), in}, weight.data());
    return new Convolution(
        ConvolutionWeights.direct(kernels, rows), scale, shift, window, groups, activation, false);
  }

  /**
   * Prepares a convolution whose weights are transformed when it first runs; see {@link #of} for
   * the parameters.
   *
   * @throws IllegalArgumentException unless the window is one of 3 x 3 that keeps the map's size
   */
  public static Convolution winograd(
      Kernels kernels,
      Tensor weight,
      float[] scale,
      float[] shift,
      Window window,
      Activation activation,
      SegmentAllocator allocator) {
    checkWeight(weight, window);
    if (!fitsWinograd(window, 1)) {
      throw new IllegalArgumentException("%s has no Winograd form".formatted(window));
    }
    return new Convolution(
        ConvolutionWeights.winograd(kernels, weight, allocator),
        scale,
        shift,
        window,
        1,
        activation,
        true);
  }

  private static boolean fitsWinograd(Window window, int groups) {
    return groups == 1
        && window.size() == 3
        && window.stride() == 1
        && window.padding() == window.dilation();
  }

  private static void checkWeight(Tensor weight, Window window) {
    if (weight.rank() != 4 || weight.size(2) != window.size() || weight.size(3) != window.size()) {
      throw new IllegalArgumentException(
          "convolution weight is %s, expected (out channels, in channels, %d, %d)"
              .formatted(weight, window.size(), window.size()));
    }
  }

  public int inChannels() {
    return winograd ? weights.inFeatures() : weights.inFeatures() / window.taps() * groups;
  }

  public int outChannels() {
    return scale.length;
  }
}
