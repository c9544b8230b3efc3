package io.github.visualbert.detect;

import java.util.List;

/**
 * The regions that are looked at, by falling score.
 *
 * @param boxes x1, y1, x2, y2 of each, in pixels of the scaled picture
 * @param scores the logit of each, or its sigmoid: see {@link ProposalRules}
 * @param anchors the anchor that each started from
 * @param levels the index of the map that each was found on
 */
record Proposals(float[] boxes, float[] scores, int[] anchors, int[] levels) {
  /** Returns room for some. */
  static Proposals empty(int count) {
    return new Proposals(new float[4 * count], new float[count], new int[count], new int[count]);
  }

  /**
   * Returns the best of all levels. Of equal scores, the one of the first level and then the first
   * on its level comes first.
   */
  static Proposals best(List<Proposals> levels, int most) {
    Proposals all = empty(levels.stream().mapToInt(Proposals::count).sum());
    int at = 0;
    for (Proposals level : levels) {
      for (int i = 0; i < level.count(); i++) {
        level.copy(i, all, at++);
      }
    }
    int[] order = ScoreOrder.best(all.scores, most);
    Proposals best = empty(order.length);
    for (int i = 0; i < order.length; i++) {
      all.copy(order[i], best, i);
    }
    return best;
  }

  private void copy(int from, Proposals to, int at) {
    System.arraycopy(boxes, 4 * from, to.boxes, 4 * at, 4);
    to.scores[at] = scores[from];
    to.anchors[at] = anchors[from];
    to.levels[at] = levels[from];
  }

  int count() {
    return scores.length;
  }
}
