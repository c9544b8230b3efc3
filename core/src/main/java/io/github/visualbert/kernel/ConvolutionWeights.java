package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.SegmentAllocator;

/**
 * The weights of a convolution: as the file has them, or transformed by {@link Winograd} when they
 * are first needed, on the workers of that pass. So opening a detector transforms nothing.
 *
 * <p>Thread-safe: whoever needs weights that another caller transforms waits for them.
 */
public final class ConvolutionWeights {
  private final Kernels kernels;
  private final Tensor weight;
  private final SegmentAllocator allocator;
  private final int outFeatures;
  private final int inFeatures;
  private volatile LinearWeights prepared;

  private ConvolutionWeights(
      Kernels kernels, Tensor weight, SegmentAllocator allocator, int outFeatures, int inFeatures) {
    this.kernels = kernels;
    this.weight = weight;
    this.allocator = allocator;
    this.outFeatures = outFeatures;
    this.inFeatures = inFeatures;
  }

  /** Takes weights as they are: (out channels, in channels of a group x taps). */
  public static ConvolutionWeights direct(Kernels kernels, Tensor rows) {
    int out = Math.toIntExact(rows.size(0));
    ConvolutionWeights weights =
        new ConvolutionWeights(null, null, null, out, Math.toIntExact(rows.size(1)));
    weights.prepared = kernels.prepare(rows, null);
    return weights;
  }

  /**
   * Takes weights that are transformed later.
   *
   * @param weight (out channels, in channels, 3, 3), readable until then
   */
  static ConvolutionWeights winograd(Kernels kernels, Tensor weight, SegmentAllocator allocator) {
    int out = Math.toIntExact(weight.size(0) * WinogradTiles.POSITIONS);
    return new ConvolutionWeights(kernels, weight, allocator, out, Math.toIntExact(weight.size(1)));
  }

  /** Returns the weights for the kernels that prepared them; the first call may transform them. */
  public LinearWeights prepared(Workers workers) {
    LinearWeights known = prepared;
    if (known == null) {
      synchronized (this) {
        if (prepared == null) {
          prepared = kernels.prepare(Winograd.weights(weight, allocator, workers), null);
        }
        known = prepared;
      }
    }
    return known;
  }

  int outFeatures() {
    return outFeatures;
  }

  int inFeatures() {
    return inFeatures;
  }
}
