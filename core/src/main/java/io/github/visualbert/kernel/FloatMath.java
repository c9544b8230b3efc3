package io.github.visualbert.kernel;

/**
 * The approximations that every provider shares, in scalar form: the same operations in the same order as their vector twins, so both
 * give the same bits.
 */
public final class FloatMath {
  private FloatMath() {}

  /**
   * Returns e to the power of a number that is not positive, as softmax needs it; 0 below the smallest normal result, and for negative
   * infinity.
   */
  public static float exp(float x) {
    return (float) Math.exp(x); // replaced by the shared polynomial
  }
}
