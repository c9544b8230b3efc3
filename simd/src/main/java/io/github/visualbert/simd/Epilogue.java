package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.broadcast;
import static io.github.visualbert.simd.Lanes.load;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.FloatMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What follows a product while its result is still in L1 or L2: bias and activation, in place.
 *
 * <p>A result has one row of 16 lanes for each feature, {@code step} bytes apart. Lanes beyond the
 * matrix's rows are computed too.
 */
final class Epilogue {
  private Epilogue() {}

  /**
   * Adds the bias, from {@code bias[feature]} on, to the rows at byte {@code offset}, then applies
   * the activation.
   */
  static void apply(
      MemorySegment memory,
      long offset,
      long step,
      int rows,
      float[] bias,
      int feature,
      Activation activation) {
    long y = Memory.begin(memory) + offset;
    addBias(memory, y, step, rows, bias, feature);
    switch (activation) {
      case LINEAR -> {}
      case RELU -> relu(memory, y, step, rows);
      case GELU -> gelu(memory, y, step, rows);
      default -> each(memory, y, step, rows, activation);
    }
  }

  private static void addBias(
      MemorySegment memory, long y, long step, int rows, float[] bias, int feature) {
    MemorySegment ys = Memory.of(memory);
    for (int r = 0; r < rows; r++) {
      long at = (y + r * step) & ADDRESS;
      FloatVector b = broadcast(bias[feature + r]);
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = at + lane * Float.BYTES;
        load(ys, i).add(b).intoMemorySegment(ys, i, ORDER);
      }
    }
  }

  /** Applies {@link FloatMath#relu}. */
  private static void relu(MemorySegment memory, long y, long step, int rows) {
    MemorySegment ys = Memory.of(memory);
    for (int r = 0; r < rows; r++) {
      long at = (y + r * step) & ADDRESS;
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = at + lane * Float.BYTES;
        FloatVector x = load(ys, i);
        x.blend(0f, x.compare(VectorOperators.LT, 0f)).intoMemorySegment(ys, i, ORDER);
      }
    }
  }

  /** Applies {@link FloatMath#gelu}, operation by operation. */
  private static void gelu(MemorySegment memory, long y, long step, int rows) {
    MemorySegment ys = Memory.of(memory);
    for (int r = 0; r < rows; r++) {
      long at = (y + r * step) & ADDRESS;
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = at + lane * Float.BYTES;
        FloatVector x = load(ys, i);
        FloatVector t = x.abs();
        FloatVector p = horner(broadcast(FloatMath.TAIL_P4), t, FloatMath.TAIL_P3);
        p = horner(p, t, FloatMath.TAIL_P2);
        p = horner(p, t, FloatMath.TAIL_P1);
        p = horner(p, t, FloatMath.TAIL_P0);
        FloatVector q = horner(broadcast(FloatMath.TAIL_Q7), t, FloatMath.TAIL_Q6);
        q = horner(q, t, FloatMath.TAIL_Q5);
        q = horner(q, t, FloatMath.TAIL_Q4);
        q = horner(q, t, FloatMath.TAIL_Q3);
        q = horner(q, t, FloatMath.TAIL_Q2);
        q = horner(q, t, FloatMath.TAIL_Q1);
        q = horner(q, t, 1f);
        FloatVector root = p.div(q);
        FloatVector relu = x.blend(0f, x.compare(VectorOperators.LT, 0f));
        FloatVector gelu = t.neg().fma(root.mul(root), relu);
        gelu.blend(relu, t.compare(VectorOperators.GT, FloatMath.TAIL_END))
            .intoMemorySegment(ys, i, ORDER);
      }
    }
  }

  /** One step of Horner's rule. Small enough that C2 always inlines it, so no vector is boxed. */
  private static FloatVector horner(FloatVector sum, FloatVector x, float next) {
    return sum.fma(x, broadcast(next));
  }

  private static void each(
      MemorySegment memory, long y, long step, int rows, Activation activation) {
    MemorySegment ys = Memory.of(memory);
    for (int r = 0; r < rows; r++) {
      for (int lane = 0; lane < PANEL; lane++) {
        long i = y + r * step + lane * Float.BYTES;
        ys.set(FLOAT, i, activation.apply(ys.get(FLOAT, i)));
      }
    }
  }
}
