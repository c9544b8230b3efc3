package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET_BYTES;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;
import static io.github.visualbert.simd.MicrokernelConstants.COUNTED;
import static io.github.visualbert.simd.MicrokernelConstants.COUNTED_PAIR;
import static io.github.visualbert.simd.MicrokernelConstants.FENCED;
import static io.github.visualbert.simd.MicrokernelConstants.INDEX;
import static io.github.visualbert.simd.MicrokernelConstants.PAIR;
import static io.github.visualbert.simd.MicrokernelConstants.PAIR_BYTES;
import static io.github.visualbert.simd.MicrokernelConstants.S256;
import static io.github.visualbert.simd.MicrokernelConstants.S512;
import static io.github.visualbert.simd.MicrokernelConstants.V256;
import static io.github.visualbert.simd.MicrokernelConstants.V512;
import static io.github.visualbert.simd.MicrokernelConstants.VPAIR;
import static io.github.visualbert.simd.MicrokernelConstants.openStep;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost products: {@code y[r][lane] = sum over j of w[r][j] · x[j][lane]} for 6 rows of w
 * and some lanes of one or two panels.
 *
 * <p>A weight is broadcast and meets whole vectors of x, so weights are used as the file has them,
 * nothing is reduced across lanes, and each number is one chain of fused multiply-adds over
 * ascending j, whatever the vector width. Everything here is chosen by reading what C2 makes of it;
 * the measurements are in {@code docs/performance.md}.
 *
 * <p>All take the same arguments: rows of w at {@code w}, {@code wRow} bytes apart (0 repeats one
 * row); element (j, lane) of the panels at {@code x + j * 64 + lane * 4}, the second panel {@code
 * xPanel} bytes further; rows of y at {@code y}, {@code yRow} bytes apart, the second panel {@code
 * yPanel} bytes further.
 */
final class Microkernels {
  private Microkernels() {}

  /**
   * 6 rows and 2 panels, with 512-bit vectors. 12 sums, 2 of x, and registers left for 6 weights.
   */
  static void lanes32(
      MemorySegment wMemory,
      long w,
      long wRow,
      MemorySegment xMemory,
      long x,
      long xPanel,
      int k,
      MemorySegment yMemory,
      long y,
      long yRow,
      long yPanel) {
    MemorySegment ws = Memory.of(wMemory);
    MemorySegment xs = Memory.of(xMemory);
    MemorySegment ys = Memory.of(yMemory);
    long w0 = w & ADDRESS;
    long w1 = (w + wRow) & ADDRESS;
    long w2 = (w + 2 * wRow) & ADDRESS;
    long w3 = (w + 3 * wRow) & ADDRESS;
    long w4 = (w + 4 * wRow) & ADDRESS;
    long w5 = (w + 5 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
    long x1 = (x + xPanel) & ADDRESS;
    FloatVector c00 = FloatVector.zero(S512);
    FloatVector c10 = FloatVector.zero(S512);
    FloatVector c20 = FloatVector.zero(S512);
    FloatVector c30 = FloatVector.zero(S512);
    FloatVector c40 = FloatVector.zero(S512);
    FloatVector c50 = FloatVector.zero(S512);
    FloatVector c01 = FloatVector.zero(S512);
    FloatVector c11 = FloatVector.zero(S512);
    FloatVector c21 = FloatVector.zero(S512);
    FloatVector c31 = FloatVector.zero(S512);
    FloatVector c41 = FloatVector.zero(S512);
    FloatVector c51 = FloatVector.zero(S512);
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Float.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V512.cast(FloatVector.fromMemorySegment(S512, xs, x0 + xj, ORDER));
      FloatVector b1 = V512.cast(FloatVector.fromMemorySegment(S512, xs, x1 + xj, ORDER));
      FloatVector a0 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w0 + wj)));
      c00 = a0.fma(b0, V512.cast(c00));
      c01 = a0.fma(b1, V512.cast(c01));
      FloatVector a1 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w1 + wj)));
      c10 = a1.fma(b0, V512.cast(c10));
      c11 = a1.fma(b1, V512.cast(c11));
      FloatVector a2 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w2 + wj)));
      c20 = a2.fma(b0, V512.cast(c20));
      c21 = a2.fma(b1, V512.cast(c21));
      FloatVector a3 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w3 + wj)));
      c30 = a3.fma(b0, V512.cast(c30));
      c31 = a3.fma(b1, V512.cast(c31));
      FloatVector a4 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w4 + wj)));
      c40 = a4.fma(b0, V512.cast(c40));
      c41 = a4.fma(b1, V512.cast(c41));
      FloatVector a5 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w5 + wj)));
      c50 = a5.fma(b0, V512.cast(c50));
      c51 = a5.fma(b1, V512.cast(c51));
    }
    long y0 = y;
    long y1 = y + yPanel;
    V512.cast(c00).intoMemorySegment(ys, y0, ORDER);
    V512.cast(c01).intoMemorySegment(ys, y1, ORDER);
    V512.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    V512.cast(c11).intoMemorySegment(ys, y1 + yRow, ORDER);
    V512.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    V512.cast(c21).intoMemorySegment(ys, y1 + 2 * yRow, ORDER);
    V512.cast(c30).intoMemorySegment(ys, y0 + 3 * yRow, ORDER);
    V512.cast(c31).intoMemorySegment(ys, y1 + 3 * yRow, ORDER);
    V512.cast(c40).intoMemorySegment(ys, y0 + 4 * yRow, ORDER);
    V512.cast(c41).intoMemorySegment(ys, y1 + 4 * yRow, ORDER);
    V512.cast(c50).intoMemorySegment(ys, y0 + 5 * yRow, ORDER);
    V512.cast(c51).intoMemorySegment(ys, y1 + 5 * yRow, ORDER);
  }

  /**
   * The same, and widens half-size weights meanwhile, as many as 6 rows have: BF16 or F16 at {@code
   * from}, to floats at {@code to} of w's memory. A vector of 16 in three of eight steps is six
   * numbers a step; so they come from memory while this computes.
   *
   * <p>A method of its own, or C2 would keep registers for it in the other.
   *
   * @param k a multiple of 8
   */
  static void lanes32Widening(
      MemorySegment wMemory,
      long w,
      long wRow,
      MemorySegment xMemory,
      long x,
      long xPanel,
      int k,
      MemorySegment yMemory,
      long y,
      long yRow,
      long yPanel,
      boolean brain,
      MemorySegment halves,
      long from,
      long to) {
    MemorySegment ws = Memory.of(wMemory);
    MemorySegment xs = Memory.of(xMemory);
    MemorySegment ys = Memory.of(yMemory);
    long w0 = w & ADDRESS;
    long w1 = (w + wRow) & ADDRESS;
    long w2 = (w + 2 * wRow) & ADDRESS;
    long w3 = (w + 3 * wRow) & ADDRESS;
    long w4 = (w + 4 * wRow) & ADDRESS;
    long w5 = (w + 5 * wRow) & ADDRESS;
    MemorySegment hs = Memory.of(halves);
    long h = from & ADDRESS;
    long t = to & ADDRESS;
    long x0 = x & ADDRESS;
    long x1 = (x + xPanel) & ADDRESS;
    FloatVector c00 = FloatVector.zero(S512);
    FloatVector c10 = FloatVector.zero(S512);
    FloatVector c20 = FloatVector.zero(S512);
    FloatVector c30 = FloatVector.zero(S512);
    FloatVector c40 = FloatVector.zero(S512);
    FloatVector c50 = FloatVector.zero(S512);
    FloatVector c01 = FloatVector.zero(S512);
    FloatVector c11 = FloatVector.zero(S512);
    FloatVector c21 = FloatVector.zero(S512);
    FloatVector c31 = FloatVector.zero(S512);
    FloatVector c41 = FloatVector.zero(S512);
    FloatVector c51 = FloatVector.zero(S512);
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Float.BYTES;
      long xj = (long) i * PANEL_BYTES;
      int eighths = 3 * i;
      if ((eighths & 7) < 3) {
        long vector = eighths >> 3;
        long ht = h + vector * (S512.vectorByteSize() / 2);
        long wt = t + vector * S512.vectorByteSize();
        if (brain) {
          HalfWeights.brain(hs, ht, ws, wt);
        } else {
          HalfWeights.half(hs, ht, ws, wt);
        }
      }
      FloatVector b0 = V512.cast(FloatVector.fromMemorySegment(S512, xs, x0 + xj, ORDER));
      FloatVector b1 = V512.cast(FloatVector.fromMemorySegment(S512, xs, x1 + xj, ORDER));
      FloatVector a0 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w0 + wj)));
      c00 = a0.fma(b0, V512.cast(c00));
      c01 = a0.fma(b1, V512.cast(c01));
      FloatVector a1 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w1 + wj)));
      c10 = a1.fma(b0, V512.cast(c10));
      c11 = a1.fma(b1, V512.cast(c11));
      FloatVector a2 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w2 + wj)));
      c20 = a2.fma(b0, V512.cast(c20));
      c21 = a2.fma(b1, V512.cast(c21));
      FloatVector a3 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w3 + wj)));
      c30 = a3.fma(b0, V512.cast(c30));
      c31 = a3.fma(b1, V512.cast(c31));
      FloatVector a4 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w4 + wj)));
      c40 = a4.fma(b0, V512.cast(c40));
      c41 = a4.fma(b1, V512.cast(c41));
      FloatVector a5 = V512.cast(FloatVector.broadcast(S512, ws.get(FLOAT, w5 + wj)));
      c50 = a5.fma(b0, V512.cast(c50));
      c51 = a5.fma(b1, V512.cast(c51));
    }
    long y0 = y;
    long y1 = y + yPanel;
    V512.cast(c00).intoMemorySegment(ys, y0, ORDER);
    V512.cast(c01).intoMemorySegment(ys, y1, ORDER);
    V512.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    V512.cast(c11).intoMemorySegment(ys, y1 + yRow, ORDER);
    V512.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    V512.cast(c21).intoMemorySegment(ys, y1 + 2 * yRow, ORDER);
    V512.cast(c30).intoMemorySegment(ys, y0 + 3 * yRow, ORDER);
    V512.cast(c31).intoMemorySegment(ys, y1 + 3 * yRow, ORDER);
    V512.cast(c40).intoMemorySegment(ys, y0 + 4 * yRow, ORDER);
    V512.cast(c41).intoMemorySegment(ys, y1 + 4 * yRow, ORDER);
    V512.cast(c50).intoMemorySegment(ys, y0 + 5 * yRow, ORDER);
    V512.cast(c51).intoMemorySegment(ys, y1 + 5 * yRow, ORDER);
  }

  /** 6 rows and 1.5 panels, with 256-bit vectors of which there are 32. */
  static void lanes24(
      MemorySegment wMemory,
      long w,
      long wRow,
      MemorySegment xMemory,
      long x,
      long xPanel,
      int k,
      MemorySegment yMemory,
      long y,
      long yRow,
      long yPanel) {
    MemorySegment ws = Memory.of(wMemory);
    MemorySegment xs = Memory.of(xMemory);
    MemorySegment ys = Memory.of(yMemory);
    long w0 = w & ADDRESS;
    long w1 = (w + wRow) & ADDRESS;
    long w2 = (w + 2 * wRow) & ADDRESS;
    long w3 = (w + 3 * wRow) & ADDRESS;
    long w4 = (w + 4 * wRow) & ADDRESS;
    long w5 = (w + 5 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
    long x1 = (x + xPanel) & ADDRESS;
    FloatVector c00 = FloatVector.zero(S256);
    FloatVector c10 = FloatVector.zero(S256);
    FloatVector c20 = FloatVector.zero(S256);
    FloatVector c30 = FloatVector.zero(S256);
    FloatVector c40 = FloatVector.zero(S256);
    FloatVector c50 = FloatVector.zero(S256);
    FloatVector c01 = FloatVector.zero(S256);
    FloatVector c11 = FloatVector.zero(S256);
    FloatVector c21 = FloatVector.zero(S256);
    FloatVector c31 = FloatVector.zero(S256);
    FloatVector c41 = FloatVector.zero(S256);
    FloatVector c51 = FloatVector.zero(S256);
    FloatVector c02 = FloatVector.zero(S256);
    FloatVector c12 = FloatVector.zero(S256);
    FloatVector c22 = FloatVector.zero(S256);
    FloatVector c32 = FloatVector.zero(S256);
    FloatVector c42 = FloatVector.zero(S256);
    FloatVector c52 = FloatVector.zero(S256);
    int step = COUNTED ? 1 : openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = COUNTED ? j : j & INDEX;
      long wj = (long) i * Float.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector b1 =
          V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + (xj + OCTET_BYTES), ORDER));
      FloatVector b2 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x1 + xj, ORDER));
      FloatVector a0 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w0 + wj)));
      c00 = a0.fma(b0, V256.cast(c00));
      c01 = a0.fma(b1, V256.cast(c01));
      c02 = a0.fma(b2, V256.cast(c02));
      FloatVector a1 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w1 + wj)));
      c10 = a1.fma(b0, V256.cast(c10));
      c11 = a1.fma(b1, V256.cast(c11));
      c12 = a1.fma(b2, V256.cast(c12));
      FloatVector a2 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w2 + wj)));
      c20 = a2.fma(b0, V256.cast(c20));
      c21 = a2.fma(b1, V256.cast(c21));
      c22 = a2.fma(b2, V256.cast(c22));
      FloatVector a3 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w3 + wj)));
      c30 = a3.fma(b0, V256.cast(c30));
      c31 = a3.fma(b1, V256.cast(c31));
      c32 = a3.fma(b2, V256.cast(c32));
      FloatVector a4 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w4 + wj)));
      c40 = a4.fma(b0, V256.cast(c40));
      c41 = a4.fma(b1, V256.cast(c41));
      c42 = a4.fma(b2, V256.cast(c42));
      FloatVector a5 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w5 + wj)));
      c50 = a5.fma(b0, V256.cast(c50));
      c51 = a5.fma(b1, V256.cast(c51));
      c52 = a5.fma(b2, V256.cast(c52));
    }
    long y0 = y;
    long y1 = y + yPanel;
    V256.cast(c00).intoMemorySegment(ys, y0, ORDER);
    V256.cast(c01).intoMemorySegment(ys, y0 + OCTET_BYTES, ORDER);
    V256.cast(c02).intoMemorySegment(ys, y1, ORDER);
    V256.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    V256.cast(c11).intoMemorySegment(ys, y0 + yRow + OCTET_BYTES, ORDER);
    V256.cast(c12).intoMemorySegment(ys, y1 + yRow, ORDER);
    V256.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    V256.cast(c21).intoMemorySegment(ys, y0 + 2 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c22).intoMemorySegment(ys, y1 + 2 * yRow, ORDER);
    V256.cast(c30).intoMemorySegment(ys, y0 + 3 * yRow, ORDER);
    V256.cast(c31).intoMemorySegment(ys, y0 + 3 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c32).intoMemorySegment(ys, y1 + 3 * yRow, ORDER);
    V256.cast(c40).intoMemorySegment(ys, y0 + 4 * yRow, ORDER);
    V256.cast(c41).intoMemorySegment(ys, y0 + 4 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c42).intoMemorySegment(ys, y1 + 4 * yRow, ORDER);
    V256.cast(c50).intoMemorySegment(ys, y0 + 5 * yRow, ORDER);
    V256.cast(c51).intoMemorySegment(ys, y0 + 5 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c52).intoMemorySegment(ys, y1 + 5 * yRow, ORDER);
  }

  /**
   * 3 rows and 1.5 panels, with 256-bit vectors of which there are 16: 9 sums, 3 of x and 3
   * weights, so nothing needs a fence.
   */
  static void lanes24By3(
      MemorySegment wMemory,
      long w,
      long wRow,
      MemorySegment xMemory,
      long x,
      long xPanel,
      int k,
      MemorySegment yMemory,
      long y,
      long yRow,
      long yPanel) {
    MemorySegment ws = Memory.of(wMemory);
    MemorySegment xs = Memory.of(xMemory);
    MemorySegment ys = Memory.of(yMemory);
    long w0 = w & ADDRESS;
    long w1 = (w + wRow) & ADDRESS;
    long w2 = (w + 2 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
    long x1 = (x + xPanel) & ADDRESS;
    FloatVector c00 = FloatVector.zero(S256);
    FloatVector c10 = FloatVector.zero(S256);
    FloatVector c20 = FloatVector.zero(S256);
    FloatVector c01 = FloatVector.zero(S256);
    FloatVector c11 = FloatVector.zero(S256);
    FloatVector c21 = FloatVector.zero(S256);
    FloatVector c02 = FloatVector.zero(S256);
    FloatVector c12 = FloatVector.zero(S256);
    FloatVector c22 = FloatVector.zero(S256);
    int step = COUNTED ? 1 : openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = COUNTED ? j : j & INDEX;
      long wj = (long) i * Float.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector b1 =
          V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + (xj + OCTET_BYTES), ORDER));
      FloatVector b2 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x1 + xj, ORDER));
      FloatVector a0 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w0 + wj)));
      c00 = a0.fma(b0, V256.cast(c00));
      c01 = a0.fma(b1, V256.cast(c01));
      c02 = a0.fma(b2, V256.cast(c02));
      FloatVector a1 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w1 + wj)));
      c10 = a1.fma(b0, V256.cast(c10));
      c11 = a1.fma(b1, V256.cast(c11));
      c12 = a1.fma(b2, V256.cast(c12));
      FloatVector a2 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w2 + wj)));
      c20 = a2.fma(b0, V256.cast(c20));
      c21 = a2.fma(b1, V256.cast(c21));
      c22 = a2.fma(b2, V256.cast(c22));
    }
    long y0 = y;
    long y1 = y + yPanel;
    V256.cast(c00).intoMemorySegment(ys, y0, ORDER);
    V256.cast(c01).intoMemorySegment(ys, y0 + OCTET_BYTES, ORDER);
    V256.cast(c02).intoMemorySegment(ys, y1, ORDER);
    V256.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    V256.cast(c11).intoMemorySegment(ys, y0 + yRow + OCTET_BYTES, ORDER);
    V256.cast(c12).intoMemorySegment(ys, y1 + yRow, ORDER);
    V256.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    V256.cast(c21).intoMemorySegment(ys, y0 + 2 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c22).intoMemorySegment(ys, y1 + 2 * yRow, ORDER);
  }

  /**
   * 6 rows and two vectors side by side: 16 lanes with vectors of 256 bits or more, 8 lanes with
   * 128.
   *
   * <p>12 sums, 2 of x and 1 weight are 15 registers of 16. C2 loads all that a loop body needs
   * before it computes, which spills sums and halves the speed; a fence after each row, no
   * instruction on x64, keeps the next weight from being loaded early.
   */
  static void pair(
      MemorySegment wMemory,
      long w,
      long wRow,
      MemorySegment xMemory,
      long x,
      long xPanel,
      int k,
      MemorySegment yMemory,
      long y,
      long yRow,
      long yPanel) {
    MemorySegment ws = Memory.of(wMemory);
    MemorySegment xs = Memory.of(xMemory);
    MemorySegment ys = Memory.of(yMemory);
    long w0 = w & ADDRESS;
    long w1 = (w + wRow) & ADDRESS;
    long w2 = (w + 2 * wRow) & ADDRESS;
    long w3 = (w + 3 * wRow) & ADDRESS;
    long w4 = (w + 4 * wRow) & ADDRESS;
    long w5 = (w + 5 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
    FloatVector c00 = FloatVector.zero(PAIR);
    FloatVector c10 = FloatVector.zero(PAIR);
    FloatVector c20 = FloatVector.zero(PAIR);
    FloatVector c30 = FloatVector.zero(PAIR);
    FloatVector c40 = FloatVector.zero(PAIR);
    FloatVector c50 = FloatVector.zero(PAIR);
    FloatVector c01 = FloatVector.zero(PAIR);
    FloatVector c11 = FloatVector.zero(PAIR);
    FloatVector c21 = FloatVector.zero(PAIR);
    FloatVector c31 = FloatVector.zero(PAIR);
    FloatVector c41 = FloatVector.zero(PAIR);
    FloatVector c51 = FloatVector.zero(PAIR);
    int step = COUNTED_PAIR ? 1 : openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = COUNTED_PAIR ? j : j & INDEX;
      long wj = (long) i * Float.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = VPAIR.cast(FloatVector.fromMemorySegment(PAIR, xs, x0 + xj, ORDER));
      FloatVector b1 =
          VPAIR.cast(FloatVector.fromMemorySegment(PAIR, xs, x0 + (xj + PAIR_BYTES), ORDER));
      FloatVector a0 = VPAIR.cast(FloatVector.broadcast(PAIR, ws.get(FLOAT, w0 + wj)));
      c00 = a0.fma(b0, VPAIR.cast(c00));
      c01 = a0.fma(b1, VPAIR.cast(c01));
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
      FloatVector a1 = VPAIR.cast(FloatVector.broadcast(PAIR, ws.get(FLOAT, w1 + wj)));
      c10 = a1.fma(b0, VPAIR.cast(c10));
      c11 = a1.fma(b1, VPAIR.cast(c11));
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
      FloatVector a2 = VPAIR.cast(FloatVector.broadcast(PAIR, ws.get(FLOAT, w2 + wj)));
      c20 = a2.fma(b0, VPAIR.cast(c20));
      c21 = a2.fma(b1, VPAIR.cast(c21));
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
      FloatVector a3 = VPAIR.cast(FloatVector.broadcast(PAIR, ws.get(FLOAT, w3 + wj)));
      c30 = a3.fma(b0, VPAIR.cast(c30));
      c31 = a3.fma(b1, VPAIR.cast(c31));
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
      FloatVector a4 = VPAIR.cast(FloatVector.broadcast(PAIR, ws.get(FLOAT, w4 + wj)));
      c40 = a4.fma(b0, VPAIR.cast(c40));
      c41 = a4.fma(b1, VPAIR.cast(c41));
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
      FloatVector a5 = VPAIR.cast(FloatVector.broadcast(PAIR, ws.get(FLOAT, w5 + wj)));
      c50 = a5.fma(b0, VPAIR.cast(c50));
      c51 = a5.fma(b1, VPAIR.cast(c51));
      if (FENCED) {
        VarHandle.loadLoadFence();
      }
    }
    long y0 = y;
    VPAIR.cast(c00).intoMemorySegment(ys, y0, ORDER);
    VPAIR.cast(c01).intoMemorySegment(ys, y0 + PAIR_BYTES, ORDER);
    VPAIR.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    VPAIR.cast(c11).intoMemorySegment(ys, y0 + yRow + PAIR_BYTES, ORDER);
    VPAIR.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    VPAIR.cast(c21).intoMemorySegment(ys, y0 + 2 * yRow + PAIR_BYTES, ORDER);
    VPAIR.cast(c30).intoMemorySegment(ys, y0 + 3 * yRow, ORDER);
    VPAIR.cast(c31).intoMemorySegment(ys, y0 + 3 * yRow + PAIR_BYTES, ORDER);
    VPAIR.cast(c40).intoMemorySegment(ys, y0 + 4 * yRow, ORDER);
    VPAIR.cast(c41).intoMemorySegment(ys, y0 + 4 * yRow + PAIR_BYTES, ORDER);
    VPAIR.cast(c50).intoMemorySegment(ys, y0 + 5 * yRow, ORDER);
    VPAIR.cast(c51).intoMemorySegment(ys, y0 + 5 * yRow + PAIR_BYTES, ORDER);
  }

  /** 6 rows and half a panel, with 256-bit vectors. */
  static void lanes8(
      MemorySegment wMemory,
      long w,
      long wRow,
      MemorySegment xMemory,
      long x,
      long xPanel,
      int k,
      MemorySegment yMemory,
      long y,
      long yRow,
      long yPanel) {
    MemorySegment ws = Memory.of(wMemory);
    MemorySegment xs = Memory.of(xMemory);
    MemorySegment ys = Memory.of(yMemory);
    long w0 = w & ADDRESS;
    long w1 = (w + wRow) & ADDRESS;
    long w2 = (w + 2 * wRow) & ADDRESS;
    long w3 = (w + 3 * wRow) & ADDRESS;
    long w4 = (w + 4 * wRow) & ADDRESS;
    long w5 = (w + 5 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
    FloatVector c00 = FloatVector.zero(S256);
    FloatVector c10 = FloatVector.zero(S256);
    FloatVector c20 = FloatVector.zero(S256);
    FloatVector c30 = FloatVector.zero(S256);
    FloatVector c40 = FloatVector.zero(S256);
    FloatVector c50 = FloatVector.zero(S256);
    int step = COUNTED ? 1 : openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = COUNTED ? j : j & INDEX;
      long wj = (long) i * Float.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector a0 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w0 + wj)));
      c00 = a0.fma(b0, V256.cast(c00));
      FloatVector a1 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w1 + wj)));
      c10 = a1.fma(b0, V256.cast(c10));
      FloatVector a2 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w2 + wj)));
      c20 = a2.fma(b0, V256.cast(c20));
      FloatVector a3 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w3 + wj)));
      c30 = a3.fma(b0, V256.cast(c30));
      FloatVector a4 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w4 + wj)));
      c40 = a4.fma(b0, V256.cast(c40));
      FloatVector a5 = V256.cast(FloatVector.broadcast(S256, ws.get(FLOAT, w5 + wj)));
      c50 = a5.fma(b0, V256.cast(c50));
    }
    long y0 = y;
    V256.cast(c00).intoMemorySegment(ys, y0, ORDER);
    V256.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    V256.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    V256.cast(c30).intoMemorySegment(ys, y0 + 3 * yRow, ORDER);
    V256.cast(c40).intoMemorySegment(ys, y0 + 4 * yRow, ORDER);
    V256.cast(c50).intoMemorySegment(ys, y0 + 5 * yRow, ORDER);
  }
}
