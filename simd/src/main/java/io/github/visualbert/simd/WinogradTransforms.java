package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.broadcast;
import static io.github.visualbert.simd.Lanes.load;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.Winograd;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The one-dimensional transforms of {@link Winograd}, operation by operation, on lines of 16 lanes.
 *
 * <p>Element k of a transform is at {@code from + k * fromStep}, its result at {@code to + k *
 * toStep}; the next channel is a line further in both.
 */
final class WinogradTransforms {
  private WinogradTransforms() {}

  /** Six inputs to six. */
  static void input(
      MemorySegment fromMemory,
      long from,
      long fromStep,
      MemorySegment toMemory,
      long to,
      long toStep,
      int channels) {
    MemorySegment xs = Memory.of(fromMemory);
    MemorySegment ys = Memory.of(toMemory);
    long x0 = from & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = (long) c * PANEL_BYTES + lane * Float.BYTES;
        long x = x0 + i;
        long y = y0 + i;
        FloatVector d1 = load(xs, x + fromStep);
        FloatVector d2 = load(xs, x + 2 * fromStep);
        FloatVector d3 = load(xs, x + 3 * fromStep);
        FloatVector d4 = load(xs, x + 4 * fromStep);
        FloatVector even1 = d2.fma(broadcast(-Winograd.Q2), d4);
        FloatVector odd1 = d1.fma(broadcast(-Winograd.Q2), d3);
        FloatVector even2 = d2.fma(broadcast(-Winograd.P2), d4);
        FloatVector odd2 = d1.fma(broadcast(-Winograd.P2), d3);
        FloatVector first = load(xs, x).fma(broadcast(Winograd.PRODUCT), d4);
        d2.fma(broadcast(-Winograd.SUM), first).intoMemorySegment(ys, y, ORDER);
        odd1.fma(broadcast(Winograd.P), even1).intoMemorySegment(ys, y + toStep, ORDER);
        odd1.fma(broadcast(-Winograd.P), even1).intoMemorySegment(ys, y + 2 * toStep, ORDER);
        odd2.fma(broadcast(Winograd.Q), even2).intoMemorySegment(ys, y + 3 * toStep, ORDER);
        odd2.fma(broadcast(-Winograd.Q), even2).intoMemorySegment(ys, y + 4 * toStep, ORDER);
        FloatVector last = d1.fma(broadcast(Winograd.PRODUCT), load(xs, x + 5 * fromStep));
        d3.fma(broadcast(-Winograd.SUM), last).intoMemorySegment(ys, y + 5 * toStep, ORDER);
      }
    }
  }

  /** Six products to four outputs. */
  static void output(
      MemorySegment fromMemory,
      long from,
      long fromStep,
      MemorySegment toMemory,
      long to,
      long toStep,
      int channels) {
    MemorySegment xs = Memory.of(fromMemory);
    MemorySegment ys = Memory.of(toMemory);
    long x0 = from & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        long i = (long) c * PANEL_BYTES + lane * Float.BYTES;
        long x = x0 + i;
        long y = y0 + i;
        FloatVector m1 = load(xs, x + fromStep);
        FloatVector m2 = load(xs, x + 2 * fromStep);
        FloatVector m3 = load(xs, x + 3 * fromStep);
        FloatVector m4 = load(xs, x + 4 * fromStep);
        FloatVector sumP = m1.add(m2);
        FloatVector differenceP = m1.sub(m2);
        FloatVector sumQ = m3.add(m4);
        FloatVector differenceQ = m3.sub(m4);
        load(xs, x).add(sumP).add(sumQ).intoMemorySegment(ys, y, ORDER);
        differenceQ
            .fma(broadcast(Winograd.Q), differenceP.mul(broadcast(Winograd.P)))
            .intoMemorySegment(ys, y + toStep, ORDER);
        sumQ.fma(broadcast(Winograd.Q2), sumP.mul(broadcast(Winograd.P2)))
            .intoMemorySegment(ys, y + 2 * toStep, ORDER);
        FloatVector last = differenceP.fma(broadcast(Winograd.P3), load(xs, x + 5 * fromStep));
        differenceQ.fma(broadcast(Winograd.Q3), last).intoMemorySegment(ys, y + 3 * toStep, ORDER);
      }
    }
  }
}
