package io.github.visualbert.detect;

/**
 * How a kind of detector measures boxes, and when one box suppresses another.
 *
 * @param edge what is added to the difference of two edges to give a width: 1 where edges are
 *     indices of pixels, as in the code of Fast R-CNN, 0 where they are coordinates
 * @param suppressesAtThreshold whether an overlap of exactly the threshold suppresses
 * @param comparesInDouble whether the float overlap is compared with the threshold as written
 *     rather than rounded to float
 */
record BoxConvention(float edge, boolean suppressesAtThreshold, boolean comparesInDouble) {
  /** Coordinates, as in detectron2 and torchvision. */
  static final BoxConvention PLAIN = new BoxConvention(0, false, true);

  /** Pixels, as on the GPU in maskrcnn-benchmark. */
  static final BoxConvention LEGACY = new BoxConvention(1, false, false);

  /** Pixels, as in Detectron. */
  static final BoxConvention LEGACY_AT_THRESHOLD = new BoxConvention(1, true, false);

  /** Returns the area of box {@code i}. */
  float area(float[] boxes, int i) {
    int at = 4 * i;
    return (boxes[at + 2] - boxes[at] + edge) * (boxes[at + 3] - boxes[at + 1] + edge);
  }

  /**
   * Returns whether one box suppresses another, by the intersection over the union of their areas.
   * Two boxes without area have no overlap.
   */
  boolean suppresses(float[] boxes, int i, float areaI, int j, float areaJ, double threshold) {
    int a = 4 * i;
    int b = 4 * j;
    float width = Math.min(boxes[a + 2], boxes[b + 2]) - Math.max(boxes[a], boxes[b]) + edge;
    float height =
        Math.min(boxes[a + 3], boxes[b + 3]) - Math.max(boxes[a + 1], boxes[b + 1]) + edge;
    float both = Math.max(width, 0f) * Math.max(height, 0f);
    float overlap = both / (areaI + areaJ - both);
    double limit = comparesInDouble ? threshold : (float) threshold;
    return suppressesAtThreshold ? overlap >= limit : overlap > limit;
  }
}
