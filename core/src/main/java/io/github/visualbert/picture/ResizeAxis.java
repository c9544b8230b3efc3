package io.github.visualbert.picture;

/** One axis of a bilinear resize: for every target pixel, two neighbours and how they mix. */
final class ResizeAxis {
  private final int sourceLength;
  private final int[] low;
  private final int[] high;
  private final float[] weight; // of the high neighbour

  private ResizeAxis(int sourceLength, int length) {
    this.sourceLength = sourceLength;
    this.low = new int[length];
    this.high = new int[length];
    this.weight = new float[length];
  }

  /**
   * Positions as torch computes them: the ratio is that of the lengths, and position and offset are
   * one fused operation, as in its builds for x86.
   */
  static ResizeAxis torch(int sourceLength, int length) {
    ResizeAxis axis = new ResizeAxis(sourceLength, length);
    float ratio = (float) sourceLength / length;
    for (int i = 0; i < length; i++) {
      float position = Math.max(0f, Math.fma(ratio, i + 0.5f, -0.5f));
      axis.low[i] = Math.min((int) position, sourceLength - 1);
      axis.high[i] = Math.min(axis.low[i] + 1, sourceLength - 1);
      axis.weight[i] = position - axis.low[i];
    }
    return axis;
  }

  /**
   * Positions as OpenCV computes them when it is given a scale and no size: they follow that scale,
   * whatever length comes out.
   */
  static ResizeAxis openCv(int sourceLength, double scale) {
    int length = Resize.openCvLength(sourceLength, scale);
    ResizeAxis axis = new ResizeAxis(sourceLength, length);
    for (int i = 0; i < length; i++) {
      float position = (float) ((i + 0.5) * (1 / scale) - 0.5);
      int low = (int) Math.floor(position);
      float weight = position - low;
      if (low < 0) {
        low = 0;
        weight = 0;
      }
      if (low >= sourceLength - 1) {
        low = sourceLength - 1;
        weight = 0;
      }
      axis.low[i] = low;
      axis.high[i] = Math.min(low + 1, sourceLength - 1);
      axis.weight[i] = weight;
    }
    return axis;
  }

  int sourceLength() {
    return sourceLength;
  }

  int length() {
    return low.length;
  }

  int low(int i) {
    return low[i];
  }

  int high(int i) {
    return high[i];
  }

  float weight(int i) {
    return weight[i];
  }
}
