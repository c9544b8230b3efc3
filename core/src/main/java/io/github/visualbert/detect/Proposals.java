package io.github.visualbert.detect;

/**
 * The regions that are looked at, by falling score.
 *
 * @param boxes x1, y1, x2, y2 of each, in pixels of the scaled picture
 * @param scores the logit of each
 * @param anchors the anchor that each started from
 */
record Proposals(float[] boxes, float[] scores, int[] anchors) {
  int count() {
    return scores.length;
  }
}
