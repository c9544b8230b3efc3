package io.github.visualbert.detect;

/**
 * How a kind of detector picks proposals.
 *
 * @param ranksProbabilities whether boxes are ranked by the sigmoid of their logits: in floats, the
 *     largest logits are equal then
 */
record ProposalRules(BoxConvention boxes, boolean ranksProbabilities, BoxFilter filter) {

  /** Returns what boxes are ranked by. */
  float[] scores(float[] logits) {
    if (!ranksProbabilities) {
      return logits;
    }
    float[] scores = new float[logits.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) (1 / (1 + StrictMath.exp(-logits[i])));
    }
    return scores;
  }
}
