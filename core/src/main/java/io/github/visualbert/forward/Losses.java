package io.github.visualbert.forward;

import io.github.visualbert.model.Softmax;

/** The losses of the heads, in double precision. */
final class Losses {
  /** The label that is ignored, as in PyTorch. */
  static final int IGNORED = -100;

  private Losses() {}

  /**
   * Returns the mean cross entropy over the labels that are not {@link #IGNORED}; NaN when all are.
   *
   * @param logits (labels, classes), row-major
   */
  static double crossEntropy(float[] logits, long[] labels, int classes) {
    double sum = 0;
    int counted = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != IGNORED) {
        sum -= Softmax.logarithms(logits, i * classes, classes)[(int) labels[i]];
        counted++;
      }
    }
    return sum / counted;
  }

  /**
   * Returns the Kullback-Leibler divergence of soft labels from the softmax of logits, summed and
   * divided by the batch size; a label of 0 adds nothing. PyTorch's {@code
   * KLDivLoss(reduction="batchmean")}.
   *
   * @param logits (any, classes), row-major, like the labels
   */
  static double klDivergence(float[] logits, float[] labels, int classes, int batch) {
    double sum = 0;
    for (int row = 0; row < logits.length; row += classes) {
      double[] logProbabilities = Softmax.logarithms(logits, row, classes);
      for (int i = 0; i < classes; i++) {
        double label = labels[row + i];
        if (label != 0) {
          sum += label * (Math.log(label) - logProbabilities[i]);
        }
      }
    }
    return sum / batch;
  }
}
