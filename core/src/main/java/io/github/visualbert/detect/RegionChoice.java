package io.github.visualbert.detect;

import java.util.Arrays;

/** How the regions of a pyramid are chosen by their confidence; what differs between the kinds. */
enum RegionChoice {
  /**
   * The most confident ones, as many as are wanted. A class of which a region is less probable than
   * the least confidence gives it none.
   */
  BEST {
    @Override
    int[] choose(float[] confidences, DetectorConfig config) {
      return ScoreOrder.best(confidences, config.maxDetections());
    }

    @Override
    boolean counts(float probability, DetectorConfig config) {
      return probability > config.pyramid().minConfidence();
    }
  },

  /**
   * Those of at least the least confidence, in the order of the proposals. If they are fewer than
   * the least number or more than the most, that many of the most confident, by confidence.
   */
  ABOVE {
    @Override
    int[] choose(float[] confidences, DetectorConfig config) {
      int[] above = new int[confidences.length];
      int count = 0;
      for (int r = 0; r < confidences.length; r++) {
        if (confidences[r] >= config.pyramid().minConfidence()) {
          above[count++] = r;
        }
      }
      if (count < config.minDetections()) {
        return ScoreOrder.best(confidences, config.minDetections());
      }
      return count > config.maxDetections()
          ? ScoreOrder.best(confidences, config.maxDetections())
          : Arrays.copyOf(above, count);
    }

    @Override
    boolean counts(float probability, DetectorConfig config) {
      return true;
    }
  };

  /**
   * Returns the regions that are kept, in their order.
   *
   * @param confidences of the proposals
   */
  abstract int[] choose(float[] confidences, DetectorConfig config);

  /** Returns whether a class of this probability may give a region its confidence. */
  abstract boolean counts(float probability, DetectorConfig config);
}
