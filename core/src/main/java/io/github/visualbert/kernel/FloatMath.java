package io.github.visualbert.kernel;

/**
 * The approximations that every provider shares, in scalar form.
 *
 * <p>Each method is also the specification of its vector twin: a straight line of fused
 * multiply-adds, additions, multiplications, divisions, integer adds and shifts on the bits, and
 * blends on a comparison that is false for NaN. A twin that runs the same operations in the same
 * order gives the same bits, except that the payload of a NaN may differ. Measured errors are held
 * by {@code FloatMathTest}.
 */
public final class FloatMath {
  /** The least float whose power is a normal float: the float just above -126 ln 2. */
  public static final float EXP_LEAST = -87.33654f;

  /** 1.5 · 2^23: added to a number below 2^22, it leaves the nearest integer in the low bits. */
  public static final float EXP_ROUND = 12582912f;

  public static final float EXP_LOG2_E = 1.44269504f;

  /**
   * The float nearest to ln 2; its products with integers up to 2^7 cancel exactly against the
   * argument.
   */
  public static final float EXP_LN2_HIGH = 0.693147182f;

  public static final float EXP_LN2_LOW = -1.90465421e-9f;

  /**
   * (e^r - 1 - r) / r² on |r| &lt;= ln 2 / 2, minimax for the relative error of e^r, 3e-9 before
   * rounding.
   */
  public static final float EXP_C2 = 0.49999994f;

  public static final float EXP_C3 = 0.16666521f;
  public static final float EXP_C4 = 0.04166839f;
  public static final float EXP_C5 = 0.0083687175f;
  public static final float EXP_C6 = 0.00138146f;

  /**
   * From here on the tail of the normal distribution, times its argument, is below 6e-9 and counts
   * as 0.
   */
  public static final float TAIL_END = 6f;

  /**
   * Square root of the normal tail on [0, 6] as a rational function, minimax for the error of t ·
   * tail(t), 1.4e-9 before rounding.
   */
  public static final float TAIL_P0 = 0.70710677f;

  public static final float TAIL_P1 = -0.43585888f;
  public static final float TAIL_P2 = 0.10223026f;
  public static final float TAIL_P3 = -0.010807625f;
  public static final float TAIL_P4 = 0.00043421672f;
  public static final float TAIL_Q1 = -0.21745571f;
  public static final float TAIL_Q2 = 0.1374047f;
  public static final float TAIL_Q3 = -0.012530075f;
  public static final float TAIL_Q4 = 0.0034333712f;
  public static final float TAIL_Q5 = 0.0008528203f;
  public static final float TAIL_Q6 = -0.0001444636f;
  public static final float TAIL_Q7 = 4.0170133e-05f;

  private FloatMath() {}

  /**
   * Returns e to the power of a number that is not positive, as softmax needs it.
   *
   * <p>Exactly 1 for 0, exactly 0 for whatever has no normal result (negative infinity among it),
   * NaN for NaN; undefined for positive arguments. Relative error below 1e-7.
   */
  public static float exp(float x) {
    float shifted = Math.fma(x, EXP_LOG2_E, EXP_ROUND);
    float n = shifted - EXP_ROUND; // the integer nearest to x / ln 2
    float r = Math.fma(n, -EXP_LN2_HIGH, x);
    r = Math.fma(n, -EXP_LN2_LOW, r);
    float q = Math.fma(EXP_C6, r, EXP_C5);
    q = Math.fma(q, r, EXP_C4);
    q = Math.fma(q, r, EXP_C3);
    q = Math.fma(q, r, EXP_C2);
    float power = Math.fma(r * r, q, r) + 1f;
    float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) + 127) << 23); // 2^n
    return x < EXP_LEAST ? 0f : power * scale;
  }

  /**
   * Returns {@code x · Φ(x)}, the exact GELU: not the tanh approximation.
   *
   * <p>Computed as {@code relu(x) - |x| · tail(|x|)}: what is subtracted never exceeds 0.17, so
   * nothing cancels. Absolute error below 1e-7 for negative x, and below 1e-7 plus half a unit in
   * the last place for positive. Exactly x from 6 upward, 0 below -6, NaN for NaN.
   */
  public static float gelu(float x) {
    float t = Math.abs(x);
    float relu = relu(x);
    float gelu = Math.fma(-t, tail(t), relu);
    return t > TAIL_END ? relu : gelu;
  }

  /**
   * Returns the probability that a standard normal variable exceeds t, for t from 0 to {@link
   * #TAIL_END}; undefined elsewhere, NaN for NaN.
   *
   * <p>Absolute error below 1.5e-7, and below 6e-8 / t.
   */
  public static float tail(float t) {
    float p = Math.fma(TAIL_P4, t, TAIL_P3);
    p = Math.fma(p, t, TAIL_P2);
    p = Math.fma(p, t, TAIL_P1);
    p = Math.fma(p, t, TAIL_P0);
    float q = Math.fma(TAIL_Q7, t, TAIL_Q6);
    q = Math.fma(q, t, TAIL_Q5);
    q = Math.fma(q, t, TAIL_Q4);
    q = Math.fma(q, t, TAIL_Q3);
    q = Math.fma(q, t, TAIL_Q2);
    q = Math.fma(q, t, TAIL_Q1);
    q = Math.fma(q, t, 1f);
    float root = p / q;
    return root * root;
  }

  /** Returns 0 for a negative number, and the number itself otherwise: NaN for NaN, -0 for -0. */
  public static float relu(float x) {
    return x < 0f ? 0f : x;
  }
}
