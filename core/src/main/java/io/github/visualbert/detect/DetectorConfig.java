package io.github.visualbert.detect;

import java.util.List;

/**
 * The numbers of a detector's configuration that decide what it computes. Immutable by contract:
 * nobody writes to the arrays.
 *
 * @param thresholds the overlaps of the last suppression, tried in this order
 * @param minDetections a threshold that leaves fewer regions is followed by the next
 * @param maxDetections the most regions that are kept
 * @param pyramid what only a network on a pyramid of maps has; null for one on a single map
 */
record DetectorConfig(
    Input input,
    Network network,
    AnchorShapes anchors,
    Proposals proposals,
    Head head,
    double[] thresholds,
    int minDetections,
    int maxDetections,
    Pyramid pyramid) {

  /** Returns the same configuration with other numbers of regions. */
  DetectorConfig withDetections(int least, int most) {
    return new DetectorConfig(
        input, network, anchors, proposals, head, thresholds, least, most, pyramid);
  }

  /** Returns the same configuration of a pyramid with another least confidence. */
  DetectorConfig withMinConfidence(double confidence) {
    return new DetectorConfig(
        input,
        network,
        anchors,
        proposals,
        head,
        thresholds,
        minDetections,
        maxDetections,
        pyramid.withMinConfidence(confidence));
  }

  /** The size that a count of the configuration does not state. */
  static final int UNSTATED = -1;

  /**
   * What enters the network.
   *
   * @param shortest the length of the shorter side in pixels
   * @param longest the most pixels of the longer side, which goes before the shorter one
   * @param mean what is subtracted from each channel, in the network's order
   * @param std what the difference is divided by
   */
  record Input(int shortest, int longest, float[] mean, float[] std) {}

  /**
   * The backbone. Its sizes are those of the weights; these must agree with them where they are
   * stated.
   *
   * @param blocks bottlenecks of res2 to res5, or empty
   * @param strideFirst whether a stage strides in its first 1 x 1 convolution, not the 3 x 3
   * @param caffePooling whether the stem pools without padding and counts partial windows
   */
  record Network(
      List<Integer> blocks,
      int groups,
      int widthPerGroup,
      int stemChannels,
      int res2Channels,
      boolean strideFirst,
      boolean caffePooling) {}

  /**
   * The anchors, where the weights do not store them.
   *
   * @param sizes roots of areas in pixels; on a pyramid, one for each level
   * @param ratios of height to width
   * @param offset of the centres, in cells
   */
  record AnchorShapes(double[] sizes, double[] ratios, double offset) {}

  /**
   * The region proposals.
   *
   * @param hidden channels of the hidden layer; {@link #UNSTATED} for those of its input
   * @param best how many of the best boxes are looked at
   * @param threshold the overlap above which one suppresses another
   * @param most how many stay, on a pyramid of each level
   * @param smallest pixels of width and height: see {@link BoxFilter}
   */
  record Proposals(
      int hidden, float[] weights, int best, double threshold, int most, double smallest) {}

  /**
   * The head that looks at each proposal.
   *
   * @param resolution cells of a pooled region on a side
   * @param halved whether res5 halves the map instead of dilating its windows
   * @param classes of objects, without background
   * @param boxesForAll whether one box serves all classes
   * @param attributes how many there are without "none"; 0 for no attribute layers
   */
  record Head(
      int resolution,
      float[] weights,
      boolean halved,
      int classes,
      boolean boxesForAll,
      int attributes) {}

  /**
   * A pyramid of maps with the halved strides of res2 to res5 and one more level for proposals, and
   * the head of two linear layers that sees its regions.
   *
   * @param channels of every level
   * @param proposals how many of the proposals of all levels stay
   * @param hidden the outputs of both layers
   * @param sampling samples down and across a bin of a pooled region; 0 for as many as it has cells
   * @param canonicalSize the root of the area of regions that are pooled from the canonical level
   * @param canonicalLevel the number of that level
   * @param minConfidence the least confidence: see {@link RegionChoice}
   */
  record Pyramid(
      int channels,
      int proposals,
      int hidden,
      int sampling,
      double canonicalSize,
      int canonicalLevel,
      double minConfidence) {
    /** The first level, of which a cell has 4 pixels. */
    static final int FIRST = 2;

    /** The last level that regions are pooled from. */
    static final int LAST_POOLED = 5;

    /** The last level. */
    static final int LAST = 6;

    /**
     * Sides of the padded picture are multiples of it, so that each level halves the one before.
     */
    static final int DIVISOR = 32;

    Pyramid withMinConfidence(double confidence) {
      return new Pyramid(
          channels, proposals, hidden, sampling, canonicalSize, canonicalLevel, confidence);
    }
  }
}
