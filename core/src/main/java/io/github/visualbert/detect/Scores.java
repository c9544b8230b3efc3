package io.github.visualbert.detect;

/** The best of some logits, and what softmax makes of it. */
final class Scores {
  private Scores() {}

  /** Returns the index of the largest of {@code count} numbers from {@code from}; the first. */
  static int best(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns the softmax of {@code count} logits from {@code from} at one index. */
  static float softmax(float[] logits, int from, int count, int index) {
    float max = logits[from + best(logits, from, count)];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += StrictMath.exp(logits[from + i] - max);
    }
    return (float) (StrictMath.exp(logits[from + index] - max) / sum);
  }

  /**
   * Returns the softmax of each row of logits, without one column.
   *
   * @param columns of a row
   * @param background the column that is left out
   */
  static float[] softmax(float[] logits, int columns, int background) {
    int rows = logits.length / columns;
    float[] all = new float[logits.length];
    float[] classes = new float[rows * (columns - 1)];
    for (int r = 0; r < rows; r++) {
      softmax(logits, r * columns, columns, all);
      int to = r * (columns - 1);
      System.arraycopy(all, r * columns, classes, to, background);
      System.arraycopy(
          all, r * columns + background + 1, classes, to + background, columns - 1 - background);
    }
    return classes;
  }

  /** Writes the softmax of {@code count} logits from {@code from} to the same places. */
  static void softmax(float[] logits, int from, int count, float[] out) {
    float max = logits[from + best(logits, from, count)];
    double[] powers = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      powers[i] = StrictMath.exp(logits[from + i] - max);
      sum += powers[i];
    }
    for (int i = 0; i < count; i++) {
      out[from + i] = (float) (powers[i] / sum);
    }
  }
}
