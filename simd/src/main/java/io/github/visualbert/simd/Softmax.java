package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.broadcast;
import static io.github.visualbert.simd.Lanes.exact;
import static io.github.visualbert.simd.Lanes.load;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.FloatMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax down the lanes of one panel of scores, without the division. The caller divides by the
 * sums.
 */
final class Softmax {
  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  private Softmax() {}

  /**
   * Replaces the products (keys, 16) at byte {@code offset} by exp(score - maximum), and writes the
   * 16 sums behind them, where another key would be.
   *
   * @param mask which keys are visible, or null for all
   */
  static void apply(MemorySegment memory, long offset, int keys, float scale, boolean[] mask) {
    long s = Memory.begin(memory) + offset;
    if (mask != null) {
      mask(memory, s, mask);
    }
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      exponentials(memory, s + lane * Float.BYTES, keys, scale);
    }
  }

  /**
   * Masks keys. If no key is visible, all get the same score. Masking products masks their scores:
   * minus infinity times the scale, which is positive, is minus infinity.
   */
  private static void mask(MemorySegment memory, long s, boolean[] mask) {
    boolean none = true;
    for (boolean visible : mask) {
      none &= !visible;
    }
    for (int key = 0; key < mask.length; key++) {
      if (!mask[key]) {
        fill(memory, s + (long) key * PANEL_BYTES, none ? 0f : Float.NEGATIVE_INFINITY);
      }
    }
  }

  private static void fill(MemorySegment memory, long s, float value) {
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      broadcast(value).intoMemorySegment(Memory.of(memory), s + lane * Float.BYTES, ORDER);
    }
  }

  /** Applies {@link FloatMath#exp}, operation by operation. */
  private static void exponentials(MemorySegment memory, long at, int keys, float scale) {
    MemorySegment ss = Memory.of(memory);
    long s = at & ADDRESS;
    FloatVector max = broadcast(Float.NEGATIVE_INFINITY);
    for (int key = 0; key < keys; key++) {
      long i = s + (long) key * PANEL_BYTES;
      FloatVector score = load(ss, i).mul(scale);
      max = exact(max).blend(score, score.compare(VectorOperators.GT, exact(max)));
      score.intoMemorySegment(ss, i, ORDER);
    }
    FloatVector sum = broadcast(0f);
    for (int key = 0; key < keys; key++) {
      long i = s + (long) key * PANEL_BYTES;
      FloatVector x = load(ss, i).sub(exact(max));
      FloatVector shifted = fma(x, FloatMath.EXP_LOG2_E, FloatMath.EXP_ROUND);
      FloatVector n = shifted.sub(FloatMath.EXP_ROUND);
      FloatVector r = n.fma(broadcast(-FloatMath.EXP_LN2_HIGH), x);
      r = n.fma(broadcast(-FloatMath.EXP_LN2_LOW), r);
      FloatVector q = fma(r, FloatMath.EXP_C6, FloatMath.EXP_C5);
      q = q.fma(r, broadcast(FloatMath.EXP_C4));
      q = q.fma(r, broadcast(FloatMath.EXP_C3));
      q = q.fma(r, broadcast(FloatMath.EXP_C2));
      FloatVector power = r.mul(r).fma(q, r).add(1f);
      IntVector exponent =
          shifted
              .reinterpretAsInts()
              .add(EXPONENT_BIAS)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      FloatVector e =
          power
              .mul(exponent.reinterpretAsFloats())
              .blend(0f, x.compare(VectorOperators.LT, FloatMath.EXP_LEAST));
      sum = exact(sum).add(e);
      e.intoMemorySegment(ss, i, ORDER);
    }
    exact(sum).intoMemorySegment(ss, s + (long) keys * PANEL_BYTES, ORDER);
  }

  private static FloatVector fma(FloatVector x, float factor, float summand) {
    return x.fma(factor, summand);
  }
}
