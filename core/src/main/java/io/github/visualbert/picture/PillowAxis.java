package io.github.visualbert.picture;

/**
 * One axis of Pillow's bilinear resize of 8-bit pictures: a triangle as wide as the picture
 * shrinks, its weights in fixed point.
 */
final class PillowAxis {
  private static final int PRECISION = 22;

  private final int[] first;
  private final int[][] weights;

  PillowAxis(int sourceLength, int length) {
    this.first = new int[length];
    this.weights = new int[length][];
    double scale = (double) sourceLength / length;
    double support = Math.max(scale, 1);
    for (int i = 0; i < length; i++) {
      double center = (i + 0.5) * scale;
      first[i] = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(sourceLength, (int) (center + support + 0.5));
      double[] triangle = new double[end - first[i]];
      double sum = 0;
      for (int p = 0; p < triangle.length; p++) {
        triangle[p] = Math.max(0, 1 - Math.abs((p + first[i] - center + 0.5) / support));
        sum += triangle[p];
      }
      weights[i] = new int[triangle.length];
      for (int p = 0; p < triangle.length; p++) {
        weights[i][p] = (int) (triangle[p] / sum * (1 << PRECISION) + 0.5);
      }
    }
  }

  /**
   * Resizes pixels, (height, width, channels), across and then down; an axis that keeps its length
   * is left alone.
   */
  static byte[] resize(
      byte[] pixels, int width, int height, int channels, int newWidth, int newHeight) {
    byte[] across =
        newWidth == width
            ? pixels
            : new PillowAxis(width, newWidth).apply(pixels, height, width, newWidth, channels);
    return newHeight == height
        ? across
        : new PillowAxis(height, newHeight)
            .apply(across, 1, height, newHeight, newWidth * channels);
  }

  /**
   * Resizes the middle dimension of (outer, length, inner).
   *
   * @return (outer, newLength, inner)
   */
  private byte[] apply(byte[] pixels, int outer, int length, int newLength, int inner) {
    byte[] resized = new byte[Math.multiplyExact(Math.multiplyExact(outer, newLength), inner)];
    int out = 0;
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < newLength; i++) {
        int from = (o * length + first[i]) * inner;
        for (int c = 0; c < inner; c++) {
          int sum = 1 << PRECISION - 1;
          for (int p = 0; p < weights[i].length; p++) {
            sum += weights[i][p] * (pixels[from + p * inner + c] & 0xff);
          }
          resized[out++] = (byte) Math.clamp(sum >> PRECISION, 0, 255);
        }
      }
    }
    return resized;
  }
}
