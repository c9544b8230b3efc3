package io.github.visualbert.model;

/**
 * Softmax and the losses of the heads, in double precision: they are small, and their results are
 * read by people.
 */
public final class Losses {
  /** The label that counts for nothing, as in PyTorch. */
  public static final int IGNORED = -100;

  private Losses() {}

  /** Returns the softmax of {@code length} logits from {@code begin}. */
  public static double[] softmax(float[] logits, int begin, int length) {
    double[] probabilities = logSoftmax(logits, begin, length);
    for (int i = 0; i < length; i++) {
      probabilities[i] = Math.exp(probabilities[i]);
    }
    return probabilities;
  }

  /** Returns the logarithm of the softmax of {@code length} logits from {@code begin}. */
  public static double[] logSoftmax(float[] logits, int begin, int length) {
    double log = logSumExp(logits, begin, length);
    double[] result = new double[length];
    for (int i = 0; i < length; i++) {
      result[i] = logits[begin + i] - log;
    }
    return result;
  }

  /**
   * Returns the logarithm of the sum of e to the power of {@code length} logits from {@code begin}:
   * a logit less this is the logarithm of its probability.
   */
  public static double logSumExp(float[] logits, int begin, int length) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      max = Math.max(max, logits[begin + i]);
    }
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.exp(logits[begin + i] - max);
    }
    return max + Math.log(sum);
  }

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
        sum -= logSoftmax(logits, i * classes, classes)[(int) labels[i]];
        counted++;
      }
    }
    return sum / counted;
  }

  /**
   * Returns the Kullback-Leibler divergence of soft labels from the softmax of logits, summed over
   * everything and divided by the batch size; a label of 0 adds nothing. PyTorch's {@code
   * KLDivLoss(reduction="batchmean")}.
   *
   * @param logits (any, classes), row-major, like the labels
   */
  static double klDivergence(float[] logits, float[] labels, int classes, int batch) {
    double sum = 0;
    for (int row = 0; row < logits.length; row += classes) {
      double[] logProbabilities = logSoftmax(logits, row, classes);
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
