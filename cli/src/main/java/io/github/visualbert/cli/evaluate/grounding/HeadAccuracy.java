package io.github.visualbert.cli.evaluate.grounding;

/**
 * How well one head grounds words.
 *
 * @param layer from 0
 * @param head of the layer, from 0
 * @param percent of words whose row has most on a right region
 * @param mass the share of those rows that goes to regions at all, 0 to 1, on average
 */
public record HeadAccuracy(int layer, int head, double percent, double mass) {
  /** The papers draw a head small that gives regions less. */
  static final double LEAST_MASS = 0.2;

  /** Returns whether the head hardly looks at regions, so that where it points means little. */
  boolean isFaint() {
    return mass < LEAST_MASS;
  }
}
