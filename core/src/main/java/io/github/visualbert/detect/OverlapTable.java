package io.github.visualbert.detect;

import java.util.Arrays;

/**
 * Which boxes suppress which: a bit for every two. The classes of a detector rank the same boxes
 * differently, so one table serves the suppression of every class.
 */
final class OverlapTable {
  private final long[][] rows;

  /** Compares all boxes with each other. */
  OverlapTable(float[] boxes, double threshold, BoxConvention convention) {
    int count = boxes.length / 4;
    rows = new long[count][(count + Long.SIZE - 1) / Long.SIZE];
    float[] areas = new float[count];
    for (int i = 0; i < count; i++) {
      areas[i] = convention.area(boxes, i);
      for (int j = 0; j < i; j++) {
        if (convention.suppresses(boxes, j, areas[j], i, areas[i], threshold)) {
          rows[i][j / Long.SIZE] |= 1L << j;
          rows[j][i / Long.SIZE] |= 1L << i;
        }
      }
    }
  }

  /**
   * Raises the confidence of the boxes that stay in a class to its score, where that is higher.
   *
   * @param order the boxes by falling score, or only the first of them
   * @param suppressed scratch, a bit for each box
   */
  void raise(int[] order, float[] scores, long[] suppressed, float[] confidences) {
    Arrays.fill(suppressed, 0);
    for (int box : order) {
      if ((suppressed[box / Long.SIZE] & 1L << box) == 0) {
        confidences[box] = Math.max(confidences[box], scores[box]);
        long[] row = rows[box];
        for (int i = 0; i < row.length; i++) {
          suppressed[i] |= row[i];
        }
      }
    }
  }

  /** Returns scratch for {@link #raise}. */
  long[] scratch() {
    return new long[rows.length == 0 ? 0 : rows[0].length];
  }
}
