package io.github.visualbert.detect;

/**
 * Which proposals become regions: the most probable class of each, the box of that class, and of
 * boxes that overlap the most probable ones.
 */
final class Selection {
  private final DetectorConfig config;
  private final BoxConvention convention;

  Selection(DetectorConfig config, BoxConvention convention) {
    this.config = config;
    this.convention = convention;
  }

  /**
   * The proposals that stay, the most confident first.
   *
   * @param kept their indices
   * @param boxes x1, y1, x2, y2 of each, in pixels of the scaled picture
   * @param objects the class of each
   * @param confidences the probability of the class
   * @param attributes the attribute of each, -1 without attributes
   * @param attributeConfidences the probability of the attribute, 0 without
   * @param threshold the overlap of the last suppression
   */
  record Selected(
      int[] kept,
      float[] boxes,
      int[] objects,
      float[] confidences,
      int[] attributes,
      float[] attributeConfidences,
      double threshold) {}

  /**
   * Selects regions.
   *
   * <p>Thresholds are tried in their order until one leaves enough regions; the last one's result
   * stands. As in the reference, the probability of a class is that among all classes and
   * background, and that of an attribute is among the attributes alone.
   */
  Selected select(Proposals proposals, RoiHead.Outputs outputs, float right, float bottom) {
    int count = proposals.count();
    int classes = config.head().classes();
    BoxDeltas decoding = new BoxDeltas(config.head().weights(), convention);
    int[] objects = new int[count];
    float[] confidences = new float[count];
    float[] boxes = new float[4 * count];
    int perRegion = outputs.boxDeltas().length / count;
    for (int r = 0; r < count; r++) {
      int logits = r * (classes + 1);
      objects[r] = Scores.best(outputs.classLogits(), logits, classes);
      confidences[r] = Scores.softmax(outputs.classLogits(), logits, classes + 1, objects[r]);
      int delta = r * perRegion + (config.head().boxesForAll() ? 0 : 4 * objects[r]);
      decoding.decode(proposals.boxes(), 4 * r, outputs.boxDeltas(), delta, boxes, 4 * r);
      BoxDeltas.clip(boxes, 4 * r, right, bottom);
    }
    int[] order = ScoreOrder.of(confidences);
    int[] kept = {};
    double threshold = 0;
    for (double next : config.thresholds()) {
      threshold = next;
      kept =
          NonMaximumSuppression.keep(boxes, order, threshold, config.maxDetections(), convention);
      if (kept.length >= config.minDetections()) {
        break;
      }
    }
    return gather(kept, boxes, objects, confidences, outputs.attributeLogits(), threshold);
  }

  private Selected gather(
      int[] kept,
      float[] boxes,
      int[] objects,
      float[] confidences,
      float[] attributeLogits,
      double threshold) {
    int attributes = config.head().attributes();
    Selected selected =
        new Selected(
            kept,
            new float[4 * kept.length],
            new int[kept.length],
            new float[kept.length],
            new int[kept.length],
            new float[kept.length],
            threshold);
    for (int i = 0; i < kept.length; i++) {
      int r = kept[i];
      System.arraycopy(boxes, 4 * r, selected.boxes, 4 * i, 4);
      selected.objects[i] = objects[r];
      selected.confidences[i] = confidences[r];
      selected.attributes[i] = -1;
      if (attributes > 0) {
        int logits = r * (attributes + 1);
        int best = Scores.best(attributeLogits, logits, attributes);
        selected.attributes[i] = best;
        selected.attributeConfidences[i] =
            Scores.softmax(attributeLogits, logits, attributes, best);
      }
    }
    return selected;
  }
}
