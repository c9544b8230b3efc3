package io.github.visualbert.detect;

/**
 * Decodes what a network says about a box: how far its centre moves, in widths and heights, and by
 * which power of e it grows.
 */
final class BoxDeltas {
  /** Keeps the exponential small: a box grows at most 1000/16 times. */
  private static final float LARGEST_GROWTH = (float) Math.log(1000.0 / 16);

  private final float[] weights;
  private final BoxConvention convention;

  /**
   * @param weights what the four deltas are divided by
   */
  BoxDeltas(float[] weights, BoxConvention convention) {
    this.weights = weights.clone();
    this.convention = convention;
  }

  /**
   * Writes the decoded box to {@code out} at {@code outAt}, in floats, each operation rounded.
   *
   * @param boxes x1, y1, x2, y2 from {@code boxAt}
   * @param deltas dx, dy, dw, dh from {@code deltaAt}
   */
  void decode(float[] boxes, int boxAt, float[] deltas, int deltaAt, float[] out, int outAt) {
    float edge = convention.edge();
    for (int axis = 0; axis < 2; axis++) {
      float low = boxes[boxAt + axis];
      float size = boxes[boxAt + axis + 2] - low + edge;
      float centre = low + 0.5f * size;
      float shift = deltas[deltaAt + axis] / weights[axis];
      float growth = Math.min(deltas[deltaAt + axis + 2] / weights[axis + 2], LARGEST_GROWTH);
      float newCentre = shift * size + centre;
      float newSize = (float) StrictMath.exp(growth) * size;
      out[outAt + axis] = newCentre - 0.5f * newSize;
      out[outAt + axis + 2] = newCentre + 0.5f * newSize - edge;
    }
  }

  /** Moves the edges of a box into a picture, whose last coordinates are given. */
  static void clip(float[] boxes, int at, float right, float bottom) {
    boxes[at] = Math.clamp(boxes[at], 0f, right);
    boxes[at + 1] = Math.clamp(boxes[at + 1], 0f, bottom);
    boxes[at + 2] = Math.clamp(boxes[at + 2], 0f, right);
    boxes[at + 3] = Math.clamp(boxes[at + 3], 0f, bottom);
  }
}
