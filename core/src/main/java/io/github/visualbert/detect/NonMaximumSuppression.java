package io.github.visualbert.detect;

import java.util.Arrays;

/**
 * Greedy non-maximum suppression: of boxes that overlap too much, the one with the higher score
 * stays.
 */
final class NonMaximumSuppression {
  private NonMaximumSuppression() {}

  /**
   * Returns the boxes that stay, in the given order.
   *
   * <p>Each box is compared with those that stay already, which gives the same boxes as striking
   * out later ones and ends as soon as enough stay.
   *
   * @param boxes x1, y1, x2, y2 of each
   * @param order their indices by falling score
   * @param most how many may stay
   */
  static int[] keep(
      float[] boxes, int[] order, double threshold, int most, BoxConvention convention) {
    int[] kept = new int[Math.min(order.length, most)];
    float[] areas = new float[kept.length];
    int count = 0;
    for (int i = 0; i < order.length && count < kept.length; i++) {
      float area = convention.area(boxes, order[i]);
      boolean stays = true;
      for (int k = 0; k < count && stays; k++) {
        stays = !convention.suppresses(boxes, kept[k], areas[k], order[i], area, threshold);
      }
      if (stays) {
        kept[count] = order[i];
        areas[count++] = area;
      }
    }
    return Arrays.copyOf(kept, count);
  }
}
