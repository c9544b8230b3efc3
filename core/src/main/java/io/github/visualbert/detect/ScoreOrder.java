package io.github.visualbert.detect;

import java.util.Arrays;

/** Orders by falling score, equal scores by rising index. */
final class ScoreOrder {
  private ScoreOrder() {}

  /** Returns the indices of the best scores, none of which is NaN. */
  static int[] best(float[] scores, int most) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < keys.length; i++) {
      int bits = Float.floatToRawIntBits(scores[i] + 0f); // -0 equals 0
      int rising = bits ^ (bits >> 31 & Integer.MAX_VALUE);
      keys[i] = (long) ~rising << 32 | i;
    }
    Arrays.sort(keys);
    int[] order = new int[Math.min(keys.length, most)];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** Returns the indices of all scores. */
  static int[] of(float[] scores) {
    return best(scores, scores.length);
  }
}
