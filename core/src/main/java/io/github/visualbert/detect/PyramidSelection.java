package io.github.visualbert.detect;

/**
 * Which proposals on a pyramid become regions: the confidence of each is the probability of the
 * most probable class in which no better one suppresses it.
 */
final class PyramidSelection {
  private final DetectorConfig config;
  private final BoxConvention convention;
  private final RegionChoice choice;

  PyramidSelection(DetectorConfig config, BoxConvention convention, RegionChoice choice) {
    this.config = config;
    this.convention = convention;
    this.choice = choice;
  }

  /**
   * What was selected.
   *
   * @param kept the proposals that stay
   * @param probabilities (regions, classes + 1) of all proposals, background first
   * @param confidences of all proposals; 0 for one that is suppressed in every class
   */
  record Selected(int[] kept, float[] probabilities, float[] confidences) {}

  /**
   * Selects regions.
   *
   * @param boxes of all proposals, in pixels of the picture
   * @param logits (regions, classes + 1), background first
   */
  Selected select(float[] boxes, float[] logits) {
    int count = boxes.length / 4;
    int columns = config.head().classes() + 1;
    float[] probabilities = new float[logits.length];
    for (int r = 0; r < count; r++) {
      Scores.softmax(logits, r * columns, columns, probabilities);
    }
    OverlapTable overlaps = new OverlapTable(boxes, config.thresholds()[0], convention);
    long[] scratch = overlaps.scratch();
    float[] confidences = new float[count];
    float[] scores = new float[count];
    for (int c = 1; c < columns; c++) {
      int counting = 0;
      for (int r = 0; r < count; r++) {
        scores[r] = probabilities[r * columns + c];
        counting += choice.counts(scores[r], config) ? 1 : 0;
      }
      // Those that do not count come last, and would suppress none of the others.
      overlaps.raise(ScoreOrder.best(scores, counting), scores, scratch, confidences);
    }
    return new Selected(choice.choose(confidences, config), probabilities, confidences);
  }
}
