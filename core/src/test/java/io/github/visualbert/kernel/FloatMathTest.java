package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FloatMathTest {
  /** Steps through the bits of floats: a prime, so that all low bits occur. */
  private static final int STRIDE = 997;

  @Test
  void expStaysWithinItsStatedErrorWhereItsResultIsNormal() {
    double worst = 0;
    for (int bits = 0; Float.intBitsToFloat(bits) <= -FloatMath.EXP_LEAST; bits += STRIDE) {
      float x = -Float.intBitsToFloat(bits);
      double expected = Math.exp(x);
      worst = Math.max(worst, Math.abs(FloatMath.exp(x) - expected) / expected);
    }
    assertThat(worst).isBetween(2e-8, 1e-7);
  }

  @Test
  void expIsExactAtItsEnds() {
    assertThat(FloatMath.exp(0f)).isEqualTo(1f);
    assertThat(FloatMath.exp(-0f)).isEqualTo(1f);
    assertThat(FloatMath.exp(-Float.MIN_VALUE)).isEqualTo(1f);
    assertThat(FloatMath.exp(FloatMath.EXP_LEAST)).isGreaterThanOrEqualTo(Float.MIN_NORMAL);
    assertThat(FloatMath.exp(Math.nextDown(FloatMath.EXP_LEAST))).isEqualTo(0f);
    assertThat(FloatMath.exp(-1e9f)).isEqualTo(0f);
    assertThat(FloatMath.exp(-Float.MAX_VALUE)).isEqualTo(0f);
    assertThat(FloatMath.exp(Float.NEGATIVE_INFINITY)).isEqualTo(0f);
    assertThat(FloatMath.exp(Float.NaN)).isNaN();
    assertThat(FloatMath.exp(Float.intBitsToFloat(0xFFFF_FFFF))).isNaN();
  }

  @Test
  void expNeverDecreasesByMoreThanARounding() {
    float previous = 1f;
    for (int bits = 0; Float.intBitsToFloat(bits) <= -FloatMath.EXP_LEAST; bits += STRIDE) {
      float power = FloatMath.exp(-Float.intBitsToFloat(bits));
      assertThat(power).isLessThanOrEqualTo(previous + Math.ulp(previous));
      previous = power;
    }
  }

  @Test
  void geluStaysWithinItsStatedErrors() {
    double worstNegative = 0;
    double worstPositive = 0;
    for (int bits = 0; Float.intBitsToFloat(bits) < 20f; bits += STRIDE) {
      float x = Float.intBitsToFloat(bits);
      worstNegative =
          Math.max(worstNegative, Math.abs(FloatMath.gelu(-x) - NormalReference.gelu(-x)));
      double expected = NormalReference.gelu(x);
      double rounding = Math.ulp((float) expected) / 2.0;
      worstPositive = Math.max(worstPositive, Math.abs(FloatMath.gelu(x) - expected) - rounding);
    }
    assertThat(worstNegative).isBetween(2e-8, 1e-7);
    assertThat(worstPositive).isLessThan(1e-7);
  }

  @Test
  void geluOfASmallNumberIsHalfOfIt() {
    for (int bits = Float.floatToIntBits(1e-30f);
        Float.intBitsToFloat(bits) < 1e-3f;
        bits += 100 * STRIDE) {
      float x = Float.intBitsToFloat(bits);
      double expected = NormalReference.gelu(x);
      assertThat(Math.abs(FloatMath.gelu(x) - expected) / expected).isLessThan(4e-7);
    }
  }

  @Test
  void geluIsExactFarOut() {
    assertThat(FloatMath.gelu(6.0000005f)).isEqualTo(6.0000005f);
    assertThat(FloatMath.gelu(-6.0000005f)).isEqualTo(0f);
    assertThat(FloatMath.gelu(1e30f)).isEqualTo(1e30f);
    assertThat(FloatMath.gelu(-Float.MAX_VALUE)).isEqualTo(0f);
    assertThat(FloatMath.gelu(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(FloatMath.gelu(Float.NEGATIVE_INFINITY)).isEqualTo(0f);
    assertThat(FloatMath.gelu(0f)).isEqualTo(0f);
    assertThat(FloatMath.gelu(Float.NaN)).isNaN();
  }

  @Test
  void tailStaysWithinItsStatedErrors() {
    double worst = 0;
    double worstTimesT = 0;
    for (int bits = 0; Float.intBitsToFloat(bits) <= FloatMath.TAIL_END; bits += STRIDE) {
      float t = Float.intBitsToFloat(bits);
      double error = Math.abs(FloatMath.tail(t) - NormalReference.tail(t));
      worst = Math.max(worst, error);
      worstTimesT = Math.max(worstTimesT, t * error);
    }
    assertThat(worst).isBetween(5e-8, 1.5e-7);
    assertThat(worstTimesT).isBetween(2e-8, 6e-8);
  }
}
