package io.github.visualbert.kernel;

/**
 * The operations of an object detector's network, one call each.
 *
 * <p>{@link Kernels#images} returns those of a provider. As there, the scalar implementation is the
 * executable specification, the order of accumulation is part of the contract, and every
 * implementation gives the same bits on any number of threads. Implementations are immutable and
 * thread-safe; arguments are checked at each call's entry, with an {@link
 * IllegalArgumentException}; outputs must not overlap inputs unless a method allows it.
 */
public interface ImageKernels {
  /**
   * Convolution, in the sense of deep learning a cross-correlation: {@code y =
   * activation(convolve(x) · scale + shift + residual)}.
   *
   * <p>Per element: {@code sum = 0}, then {@code sum = fma(w, x, sum)} for ascending input channel
   * of the group, window row and window column, padding entering as zeros; then {@code fma(sum,
   * scale, shift)}, {@code + residual} if there is one, then {@link Activation#apply}.
   *
   * <p>A {@linkplain Winograd} convolution takes no residual. Per tile and channel its inputs,
   * padding as zeros, are transformed along each row, then along each column; per position the sum
   * is that chain over the channels; the 6 x 6 sums are transformed along each row, then along each
   * column.
   *
   * @param x maps of the convolution's in channels
   * @param residual like y, or null for none; may be y itself
   * @param y maps of its out channels in the order of x, of the size that its window gives
   */
  void convolve(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      FeatureMap residual,
      FeatureMap y);

  /**
   * Max pooling per channel, as {@link Math#max} compares. Windows are cut at the edges of the map.
   *
   * @param y maps of the channels of x; its size decides how many windows there are, of which the
   *     last must begin inside the map
   */
  void maxPool(Execution execution, FeatureMap x, Window window, FeatureMap y);

  /**
   * Copies one map to pixel-major order, from which regions are pooled.
   *
   * @param x in PIXELS
   * @param y (pixels, channels), ROWS
   */
  void toRows(Execution execution, FeatureMap x, Matrix y);

  /**
   * RoIPool of Fast R-CNN as torchvision computes it: the maximum over the cells of each bin, 0 for
   * an empty one. See {@link RegionWindow} for the bins.
   *
   * @param pixels (height x width, channels), ROWS
   * @param boxes x1, y1, x2, y2 of every region, in pixels of the picture
   * @param first the region that becomes map 0 of y
   * @param scale cells of the map for a pixel of the picture
   * @param y stacked maps of the channels of x, a map for each region from {@code first} on
   */
  void roiPool(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      FeatureMap y);

  /**
   * RoIAlign as it was before the half-pixel shift: the mean of bilinear samples in each bin.
   *
   * <p>Per bin, the samples of {@link SampleGrid} in row-major order: {@code sum = sum + (((w00 ·
   * v00 + w01 · v01) + w10 · v10) + w11 · v11)}, each product and sum rounded; then {@code sum /
   * count}.
   *
   * @param sampling samples down and across a bin, or 0 for as many as it has cells, rounded up
   * @see #roiPool for the other parameters
   */
  void roiAlign(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      int sampling,
      FeatureMap y);

  /**
   * The mean of every channel over the pixels of each map: added in row-major order, then divided.
   *
   * @param x stacked
   * @param y (maps, channels), PANELS
   */
  void mean(Execution execution, FeatureMap x, Matrix y);

  /**
   * Copies the numbers of every map to a row, channel by channel, as a linear layer after a pooled
   * region reads them.
   *
   * @param x stacked
   * @param y (maps, channels x height x width), PANELS
   */
  void flatten(Execution execution, FeatureMap x, Matrix y);

  /**
   * Adds a map of half the size, each pixel to four: {@code y = y + nearest(x)}.
   *
   * @param x one map in PIXELS
   * @param y one map in PIXELS, of as many channels and twice the height and width
   */
  void addUpsampled(Execution execution, FeatureMap x, FeatureMap y);

  /**
   * A batch norm by itself, where its statistics are known only after the convolution: {@code y =
   * activation(fma(x, scale, shift) + residual)}.
   *
   * @param residual like x, or null for none
   * @param y like x; may be x or residual itself
   */
  void norm(
      Execution execution,
      FeatureMap x,
      float[] scale,
      float[] shift,
      FeatureMap residual,
      Activation activation,
      FeatureMap y);
}
