package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Copies the channels of one pixel, as lines of 16 lanes or as a single lane. Addresses are those
 * that {@link Memory#begin} counts; steps are the distances from one channel to the next.
 */
final class LaneCopy {
  private LaneCopy() {}

  static void lines(
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
        long i = lane * Float.BYTES;
        Lanes.load(xs, x0 + c * fromStep + i).intoMemorySegment(ys, y0 + c * toStep + i, ORDER);
      }
    }
  }

  static void zeroLines(MemorySegment memory, long to, long step, int channels) {
    MemorySegment ys = Memory.of(memory);
    FloatVector zero = Lanes.broadcast(0f);
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        Lanes.exact(zero).intoMemorySegment(ys, y0 + c * step + lane * Float.BYTES, ORDER);
      }
    }
  }

  /** Copies one lane, a line from channel to channel in the source. */
  static void lane(
      MemorySegment fromMemory,
      long from,
      MemorySegment toMemory,
      long to,
      long toStep,
      int channels) {
    MemorySegment xs = Memory.of(fromMemory);
    MemorySegment ys = Memory.of(toMemory);
    long x0 = from & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      ys.set(FLOAT, y0 + c * toStep, xs.get(FLOAT, x0 + (long) c * PANEL_BYTES));
    }
  }

  static void zeroLane(MemorySegment memory, long to, long step, int channels) {
    MemorySegment ys = Memory.of(memory);
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      ys.set(FLOAT, y0 + c * step, 0f);
    }
  }
}
