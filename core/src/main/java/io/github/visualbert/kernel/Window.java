package io.github.visualbert.kernel;

/**
 * The square window that a convolution or a pooling moves over a map.
 *
 * @param size taps down and across
 * @param stride pixels from one output to the next
 * @param padding pixels added at each edge
 * @param dilation pixels from one tap to the next
 */
public record Window(int size, int stride, int padding, int dilation) {
  /** One tap: a convolution with it is a linear layer of every pixel. */
  public static final Window PIXEL = new Window(1, 1, 0, 1);

  public Window {
    if (size < 1 || stride < 1 || padding < 0 || dilation < 1) {
      throw new IllegalArgumentException(
          "window of size %d, stride %d, padding %d, dilation %d"
              .formatted(size, stride, padding, dilation));
    }
  }

  /** Returns the number of taps. */
  public int taps() {
    return size * size;
  }

  /** Returns how many whole windows fit into a length, padding counted in; at least 0. */
  public int outputs(int length) {
    int rest = length + 2 * padding - dilation * (size - 1) - 1;
    return rest < 0 ? 0 : rest / stride + 1;
  }
}
