package io.github.visualbert.model;

/** Softmax of the logits of a head, in double precision: they are few, and people read them. */
public final class Softmax {
  private Softmax() {}

  /** Returns the softmax of {@code length} logits from {@code begin}. */
  public static double[] probabilities(float[] logits, int begin, int length) {
    double[] probabilities = logarithms(logits, begin, length);
    for (int i = 0; i < length; i++) {
      probabilities[i] = Math.exp(probabilities[i]);
    }
    return probabilities;
  }

  /** Returns the logarithm of the softmax of {@code length} logits from {@code begin}. */
  public static double[] logarithms(float[] logits, int begin, int length) {
    double log = logSumExp(logits, begin, length);
    double[] result = new double[length];
    for (int i = 0; i < length; i++) {
      result[i] = logits[begin + i] - log;
    }
    return result;
  }

  /**
   * Returns log(sum(exp(logit))) of {@code length} logits from {@code begin}: a logit minus this is
   * its log-probability.
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
}
