package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.broadcast;
import static io.github.visualbert.simd.Lanes.load;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What follows the product of a convolution while it is in a cache: norm, residual, activation. */
final class ConvolutionEpilogue {
  private ConvolutionEpilogue() {}

  /**
   * Finishes {@code channels} rows of one panel, in place.
   *
   * @param at where they begin, as {@link Memory#begin} counts
   * @param residual of the same form at {@code residualAt}, or null
   * @param first the channel of the first row
   */
  static void apply(
      MemorySegment memory,
      long at,
      int channels,
      Convolution convolution,
      int first,
      MemorySegment residual,
      long residualAt) {
    float[] scale = convolution.scale();
    float[] shift = convolution.shift();
    Activation activation = convolution.activation();
    boolean relu = activation == Activation.RELU;
    if (residual == null) {
      norm(memory, at, channels, scale, shift, first, relu);
    } else {
      normAndAdd(memory, at, channels, scale, shift, first, residual, residualAt, relu);
    }
    if (!relu && activation != Activation.LINEAR) {
      MemorySegment ys = Memory.of(memory);
      for (long i = at; i < at + (long) channels * PANEL_BYTES; i += Float.BYTES) {
        ys.set(FLOAT, i, activation.apply(ys.get(FLOAT, i)));
      }
    }
  }

  private static void norm(
      MemorySegment memory,
      long at,
      int channels,
      float[] scale,
      float[] shift,
      int first,
      boolean relu) {
    MemorySegment ys = Memory.of(memory);
    long y0 = at & ADDRESS;
    for (int c = 0; c < channels; c++) {
      FloatVector a = broadcast(scale[first + c]);
      FloatVector b = broadcast(shift[first + c]);
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = y0 + (long) c * PANEL_BYTES + lane * Float.BYTES;
        FloatVector v = load(ys, i).fma(a, b);
        (relu ? relu(v) : v).intoMemorySegment(ys, i, ORDER);
      }
    }
  }

  private static void normAndAdd(
      MemorySegment memory,
      long at,
      int channels,
      float[] scale,
      float[] shift,
      int first,
      MemorySegment residual,
      long residualAt,
      boolean relu) {
    MemorySegment ys = Memory.of(memory);
    MemorySegment rs = Memory.of(residual);
    long y0 = at & ADDRESS;
    long r0 = residualAt & ADDRESS;
    for (int c = 0; c < channels; c++) {
      FloatVector a = broadcast(scale[first + c]);
      FloatVector b = broadcast(shift[first + c]);
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = (long) c * PANEL_BYTES + lane * Float.BYTES;
        FloatVector v = load(ys, y0 + i).fma(a, b).add(load(rs, r0 + i));
        (relu ? relu(v) : v).intoMemorySegment(ys, y0 + i, ORDER);
      }
    }
  }

  private static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LT, 0f));
  }
}
