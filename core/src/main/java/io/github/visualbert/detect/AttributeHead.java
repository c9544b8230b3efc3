package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;

/** The attributes of a region, from its feature and what its class means. */
final class AttributeHead {
  private final float[] embedding; // (classes + 1, meaning)
  private final LinearWeights hidden;
  private final LinearWeights scores;

  private AttributeHead(float[] embedding, LinearWeights hidden, LinearWeights scores) {
    this.embedding = embedding;
    this.hidden = hidden;
    this.scores = scores;
  }

  /** Leaves the layers alone where the configuration asks for none; returns null. */
  static AttributeHead none(DetectorWeights weights, String predictor) {
    for (String layer : new String[] {"cls_embedding", "fc_attr", "attr_score"}) {
      weights.ignore(name -> name.startsWith(predictor + layer + "."));
    }
    return null;
  }

  /**
   * Loads the layers.
   *
   * @param classes with background
   * @param dim of the features
   * @param attributes without "none"
   */
  static AttributeHead load(
      DetectorWeights weights, String predictor, int classes, int dim, int attributes) {
    String embedding = predictor + "cls_embedding.weight";
    int meaning = weights.size(embedding, 1, 2, Math.max(dim / 8, 1));
    int hidden = weights.size(predictor + "fc_attr.weight", 0, 2, Math.max(dim / 4, 1));
    int found = weights.size(predictor + "attr_score.weight", 0, 2, attributes + 1) - 1;
    weights.agree("num_attrs", attributes, "attributes without \"none\"", found);
    return new AttributeHead(
        weights.floats(embedding, classes, meaning),
        weights.linear(predictor + "fc_attr", hidden, dim + meaning),
        weights.linear(predictor + "attr_score", attributes + 1, hidden));
  }

  /** Returns the floats that a pass over some regions allocates at once. */
  long floats(int regions) {
    return Matrix.floats(regions, hidden.inFeatures(), Layout.PANELS)
        + Matrix.floats(regions, hidden.outFeatures(), Layout.PANELS)
        + (long) regions * scores.outFeatures();
  }

  /**
   * Returns the logits (regions, attributes + 1).
   *
   * @param features (regions, dim), PANELS
   * @param classLogits (regions, classes + 1): the best of all of them, background too, counts
   */
  float[] forward(Execution execution, Kernels kernels, Matrix features, float[] classLogits) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    int count = features.rows();
    int classes = classLogits.length / count;
    int meaning = embedding.length / classes;
    int dim = features.columns();
    Matrix both = workspace.matrix(count, dim + meaning, Layout.PANELS); // (regions, …)
    float[] row = new float[dim + meaning];
    for (int r = 0; r < count; r++) {
      features.getRow(r, row);
      int best = Scores.best(classLogits, r * classes, classes);
      System.arraycopy(embedding, best * meaning, row, dim, meaning);
      both.setRow(r, row);
    }
    Matrix inner = workspace.matrix(count, hidden.outFeatures(), Layout.PANELS);
    kernels.linear(execution, both, hidden, Activation.RELU, inner);
    float[] logits = RoiHead.linear(execution, kernels, inner, scores);
    workspace.release(mark);
    return logits;
  }
}
