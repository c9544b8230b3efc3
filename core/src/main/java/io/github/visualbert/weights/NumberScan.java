package io.github.visualbert.weights;

import io.github.visualbert.tensor.Tensor;

/**
 * Statistics of the numbers of a tensor.
 *
 * @param count how many there are
 * @param nan how many are NaN
 * @param infinite how many are infinite as floats
 * @param min the smallest finite number as a float; positive infinity when there is none
 * @param max the largest finite number as a float; negative infinity when there is none
 */
public record NumberScan(long count, long nan, long infinite, float min, float max) {

  /** Reads every number of a tensor. */
  public static NumberScan of(Tensor tensor) {
    long nan = 0;
    long infinite = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (long i = 0; i < tensor.elementCount(); i++) {
      float value = tensor.getFloat(i);
      if (Float.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      } else if (Float.isNaN(value)) {
        nan++;
      } else {
        infinite++;
      }
    }
    return new NumberScan(tensor.elementCount(), nan, infinite, min, max);
  }

  public boolean isFinite() {
    return nan == 0 && infinite == 0;
  }
}
