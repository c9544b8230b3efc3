package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.broadcast;
import static io.github.visualbert.simd.Lanes.exact;
import static io.github.visualbert.simd.Lanes.load;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** What follows the product of a convolution while it is in a cache: norm, residual, activation. */
final class ConvolutionEpilogue {
  private ConvolutionEpilogue() {}

  /**
   * Finishes {@code channels} rows of each of {@code count} panels of a convolution.
   *
   * @param from where the sums are, panel by panel
   * @param first the channel of the first row
   * @param residual what is added, or null; may be y
   * @param panel the first panel of y
   */
  static void panels(
      MemorySegment sums,
      long from,
      int count,
      int channels,
      Convolution convolution,
      int first,
      FeatureMap residual,
      FeatureMap y,
      int panel) {
    Matrix added = residual == null ? null : residual.matrix();
    MemorySegment memory = y.matrix().data();
    for (int i = 0; i < count; i++) {
      long at = from + (long) i * channels * PANEL_BYTES;
      long to = Memory.begin(memory) + ((long) (panel + i) * y.channels() + first) * PANEL_BYTES;
      apply(sums, at, channels, convolution, first, added, memory, to);
    }
  }

  /**
   * Finishes {@code channels} rows of one panel of a convolution.
   *
   * @see #apply(MemorySegment, long, int, float[], float[], int, Activation, Matrix, MemorySegment,
   *     long)
   */
  static void apply(
      MemorySegment sums,
      long from,
      int channels,
      Convolution convolution,
      int first,
      Matrix residual,
      MemorySegment y,
      long to) {
    apply(
        sums,
        from,
        channels,
        convolution.scale(),
        convolution.shift(),
        first,
        convolution.activation(),
        residual,
        y,
        to);
  }

  /**
   * Finishes {@code channels} rows of one panel.
   *
   * @param from where the sums are, as {@link Memory#begin} counts
   * @param residual what is added, at {@code to} as the results are, or null; may be y
   * @param first the channel of the first row
   * @param to where the results go in y
   */
  static void apply(
      MemorySegment sums,
      long from,
      int channels,
      float[] scale,
      float[] shift,
      int first,
      Activation activation,
      Matrix residual,
      MemorySegment y,
      long to) {
    boolean relu = activation == Activation.RELU;
    if (residual == null) {
      norm(sums, from, channels, scale, shift, first, y, to, relu);
    } else {
      long added = Memory.begin(residual.data()) + to - Memory.begin(y);
      normAndAdd(sums, from, channels, scale, shift, first, residual.data(), added, y, to, relu);
    }
    if (!relu && activation != Activation.LINEAR) {
      MemorySegment ys = Memory.of(y);
      for (long i = to; i < to + (long) channels * PANEL_BYTES; i += Float.BYTES) {
        ys.set(FLOAT, i, activation.apply(ys.get(FLOAT, i)));
      }
    }
  }

  private static void norm(
      MemorySegment sums,
      long from,
      int channels,
      float[] scale,
      float[] shift,
      int first,
      MemorySegment y,
      long to,
      boolean relu) {
    MemorySegment xs = Memory.of(sums);
    MemorySegment ys = Memory.of(y);
    long x0 = from & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      FloatVector a = broadcast(scale[first + c]);
      FloatVector b = broadcast(shift[first + c]);
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = (long) c * PANEL_BYTES + lane * Float.BYTES;
        FloatVector v = load(xs, x0 + i).fma(a, b);
        if (relu) {
          v = exact(relu(v));
        }
        v.intoMemorySegment(ys, y0 + i, ORDER);
      }
    }
  }

  private static void normAndAdd(
      MemorySegment sums,
      long from,
      int channels,
      float[] scale,
      float[] shift,
      int first,
      MemorySegment residual,
      long added,
      MemorySegment y,
      long to,
      boolean relu) {
    MemorySegment xs = Memory.of(sums);
    MemorySegment rs = Memory.of(residual);
    MemorySegment ys = Memory.of(y);
    long x0 = from & ADDRESS;
    long r0 = added & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      FloatVector a = broadcast(scale[first + c]);
      FloatVector b = broadcast(shift[first + c]);
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = (long) c * PANEL_BYTES + lane * Float.BYTES;
        FloatVector v = load(xs, x0 + i).fma(a, b).add(load(rs, r0 + i));
        if (relu) {
          v = exact(relu(v));
        }
        v.intoMemorySegment(ys, y0 + i, ORDER);
      }
    }
  }

  private static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LT, 0f));
  }
}
