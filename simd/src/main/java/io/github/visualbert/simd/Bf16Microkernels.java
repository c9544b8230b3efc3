package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET_BYTES;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.ORDER;
import static io.github.visualbert.simd.MicrokernelConstants.I256;
import static io.github.visualbert.simd.MicrokernelConstants.I512;
import static io.github.visualbert.simd.MicrokernelConstants.INDEX;
import static io.github.visualbert.simd.MicrokernelConstants.INTS_256;
import static io.github.visualbert.simd.MicrokernelConstants.INTS_512;
import static io.github.visualbert.simd.MicrokernelConstants.S256;
import static io.github.visualbert.simd.MicrokernelConstants.S512;
import static io.github.visualbert.simd.MicrokernelConstants.V256;
import static io.github.visualbert.simd.MicrokernelConstants.V512;
import static io.github.visualbert.simd.MicrokernelConstants.openStep;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The products of {@link Microkernels} with BF16 weights as they are: the same numbers, to the bit.
 *
 * <p>A BF16 number is the high half of a float. What is broadcast are the four bytes that end with
 * a weight, so that it lies where a float has it; a mask clears the half below, which is the weight
 * before. That is one instruction for each weight, of a kind that does not wait for the units of
 * the products (on processors where it does, see {@link PanelProduct}).
 *
 * <p>How a weight is read is written out at each, since methods of ours in a loop as long as this
 * are where C2 ends inlining.
 *
 * <p>All take the arguments of those, and need absolute addresses ({@link Memory#ABSOLUTE}) of
 * which the {@value #BEFORE} bytes before a row can be read.
 */
final class Bf16Microkernels {
  /** How many bytes before a weight are read with it. */
  static final int BEFORE = Float.BYTES - Short.BYTES;

  private static final int HIGH = 0xffff0000;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private Bf16Microkernels() {}

  /** 6 rows and 2 panels, with 512-bit vectors. */
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
    long w0 = (w - BEFORE) & ADDRESS;
    long w1 = (w - BEFORE + wRow) & ADDRESS;
    long w2 = (w - BEFORE + 2 * wRow) & ADDRESS;
    long w3 = (w - BEFORE + 3 * wRow) & ADDRESS;
    long w4 = (w - BEFORE + 4 * wRow) & ADDRESS;
    long w5 = (w - BEFORE + 5 * wRow) & ADDRESS;
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
    IntVector high = I512.cast(IntVector.broadcast(INTS_512, HIGH));
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Short.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V512.cast(FloatVector.fromMemorySegment(S512, xs, x0 + xj, ORDER));
      FloatVector b1 = V512.cast(FloatVector.fromMemorySegment(S512, xs, x1 + xj, ORDER));
      FloatVector a0 =
          V512.cast(
              I512.cast(IntVector.broadcast(INTS_512, ws.get(INT, w0 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c00 = a0.fma(b0, V512.cast(c00));
      c01 = a0.fma(b1, V512.cast(c01));
      FloatVector a1 =
          V512.cast(
              I512.cast(IntVector.broadcast(INTS_512, ws.get(INT, w1 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c10 = a1.fma(b0, V512.cast(c10));
      c11 = a1.fma(b1, V512.cast(c11));
      FloatVector a2 =
          V512.cast(
              I512.cast(IntVector.broadcast(INTS_512, ws.get(INT, w2 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c20 = a2.fma(b0, V512.cast(c20));
      c21 = a2.fma(b1, V512.cast(c21));
      FloatVector a3 =
          V512.cast(
              I512.cast(IntVector.broadcast(INTS_512, ws.get(INT, w3 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c30 = a3.fma(b0, V512.cast(c30));
      c31 = a3.fma(b1, V512.cast(c31));
      FloatVector a4 =
          V512.cast(
              I512.cast(IntVector.broadcast(INTS_512, ws.get(INT, w4 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c40 = a4.fma(b0, V512.cast(c40));
      c41 = a4.fma(b1, V512.cast(c41));
      FloatVector a5 =
          V512.cast(
              I512.cast(IntVector.broadcast(INTS_512, ws.get(INT, w5 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
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
    long w0 = (w - BEFORE) & ADDRESS;
    long w1 = (w - BEFORE + wRow) & ADDRESS;
    long w2 = (w - BEFORE + 2 * wRow) & ADDRESS;
    long w3 = (w - BEFORE + 3 * wRow) & ADDRESS;
    long w4 = (w - BEFORE + 4 * wRow) & ADDRESS;
    long w5 = (w - BEFORE + 5 * wRow) & ADDRESS;
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
    IntVector high = I256.cast(IntVector.broadcast(INTS_256, HIGH));
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Short.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector b1 =
          V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + (xj + OCTET_BYTES), ORDER));
      FloatVector b2 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x1 + xj, ORDER));
      FloatVector a0 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w0 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c00 = a0.fma(b0, V256.cast(c00));
      c01 = a0.fma(b1, V256.cast(c01));
      c02 = a0.fma(b2, V256.cast(c02));
      FloatVector a1 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w1 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c10 = a1.fma(b0, V256.cast(c10));
      c11 = a1.fma(b1, V256.cast(c11));
      c12 = a1.fma(b2, V256.cast(c12));
      FloatVector a2 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w2 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c20 = a2.fma(b0, V256.cast(c20));
      c21 = a2.fma(b1, V256.cast(c21));
      c22 = a2.fma(b2, V256.cast(c22));
      FloatVector a3 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w3 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c30 = a3.fma(b0, V256.cast(c30));
      c31 = a3.fma(b1, V256.cast(c31));
      c32 = a3.fma(b2, V256.cast(c32));
      FloatVector a4 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w4 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c40 = a4.fma(b0, V256.cast(c40));
      c41 = a4.fma(b1, V256.cast(c41));
      c42 = a4.fma(b2, V256.cast(c42));
      FloatVector a5 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w5 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
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

  /** 6 rows and 1 panel, with 256-bit vectors of which there are 32. */
  static void lanes16(
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
    long w0 = (w - BEFORE) & ADDRESS;
    long w1 = (w - BEFORE + wRow) & ADDRESS;
    long w2 = (w - BEFORE + 2 * wRow) & ADDRESS;
    long w3 = (w - BEFORE + 3 * wRow) & ADDRESS;
    long w4 = (w - BEFORE + 4 * wRow) & ADDRESS;
    long w5 = (w - BEFORE + 5 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
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
    IntVector high = I256.cast(IntVector.broadcast(INTS_256, HIGH));
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Short.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector b1 =
          V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + (xj + OCTET_BYTES), ORDER));
      FloatVector a0 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w0 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c00 = a0.fma(b0, V256.cast(c00));
      c01 = a0.fma(b1, V256.cast(c01));
      FloatVector a1 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w1 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c10 = a1.fma(b0, V256.cast(c10));
      c11 = a1.fma(b1, V256.cast(c11));
      FloatVector a2 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w2 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c20 = a2.fma(b0, V256.cast(c20));
      c21 = a2.fma(b1, V256.cast(c21));
      FloatVector a3 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w3 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c30 = a3.fma(b0, V256.cast(c30));
      c31 = a3.fma(b1, V256.cast(c31));
      FloatVector a4 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w4 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c40 = a4.fma(b0, V256.cast(c40));
      c41 = a4.fma(b1, V256.cast(c41));
      FloatVector a5 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w5 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c50 = a5.fma(b0, V256.cast(c50));
      c51 = a5.fma(b1, V256.cast(c51));
    }
    long y0 = y;
    V256.cast(c00).intoMemorySegment(ys, y0, ORDER);
    V256.cast(c01).intoMemorySegment(ys, y0 + OCTET_BYTES, ORDER);
    V256.cast(c10).intoMemorySegment(ys, y0 + yRow, ORDER);
    V256.cast(c11).intoMemorySegment(ys, y0 + yRow + OCTET_BYTES, ORDER);
    V256.cast(c20).intoMemorySegment(ys, y0 + 2 * yRow, ORDER);
    V256.cast(c21).intoMemorySegment(ys, y0 + 2 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c30).intoMemorySegment(ys, y0 + 3 * yRow, ORDER);
    V256.cast(c31).intoMemorySegment(ys, y0 + 3 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c40).intoMemorySegment(ys, y0 + 4 * yRow, ORDER);
    V256.cast(c41).intoMemorySegment(ys, y0 + 4 * yRow + OCTET_BYTES, ORDER);
    V256.cast(c50).intoMemorySegment(ys, y0 + 5 * yRow, ORDER);
    V256.cast(c51).intoMemorySegment(ys, y0 + 5 * yRow + OCTET_BYTES, ORDER);
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
    long w0 = (w - BEFORE) & ADDRESS;
    long w1 = (w - BEFORE + wRow) & ADDRESS;
    long w2 = (w - BEFORE + 2 * wRow) & ADDRESS;
    long w3 = (w - BEFORE + 3 * wRow) & ADDRESS;
    long w4 = (w - BEFORE + 4 * wRow) & ADDRESS;
    long w5 = (w - BEFORE + 5 * wRow) & ADDRESS;
    long x0 = x & ADDRESS;
    FloatVector c00 = FloatVector.zero(S256);
    FloatVector c10 = FloatVector.zero(S256);
    FloatVector c20 = FloatVector.zero(S256);
    FloatVector c30 = FloatVector.zero(S256);
    FloatVector c40 = FloatVector.zero(S256);
    FloatVector c50 = FloatVector.zero(S256);
    IntVector high = I256.cast(IntVector.broadcast(INTS_256, HIGH));
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Short.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector a0 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w0 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c00 = a0.fma(b0, V256.cast(c00));
      FloatVector a1 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w1 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c10 = a1.fma(b0, V256.cast(c10));
      FloatVector a2 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w2 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c20 = a2.fma(b0, V256.cast(c20));
      FloatVector a3 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w3 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c30 = a3.fma(b0, V256.cast(c30));
      FloatVector a4 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w4 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c40 = a4.fma(b0, V256.cast(c40));
      FloatVector a5 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w5 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
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

  /**
   * 3 rows and 1.5 panels, with 256-bit vectors of which there are 16: 9 sums, 3 of x, 3 weights
   * and the mask. 6 rows and a panel would be one too many.
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
    long w0 = (w - BEFORE) & ADDRESS;
    long w1 = (w - BEFORE + wRow) & ADDRESS;
    long w2 = (w - BEFORE + 2 * wRow) & ADDRESS;
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
    IntVector high = I256.cast(IntVector.broadcast(INTS_256, HIGH));
    int step = openStep;
    int n = k & INDEX;
    for (int j = 0; j < n; j += step) {
      int i = j & INDEX;
      long wj = (long) i * Short.BYTES;
      long xj = (long) i * PANEL_BYTES;
      FloatVector b0 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + xj, ORDER));
      FloatVector b1 =
          V256.cast(FloatVector.fromMemorySegment(S256, xs, x0 + (xj + OCTET_BYTES), ORDER));
      FloatVector b2 = V256.cast(FloatVector.fromMemorySegment(S256, xs, x1 + xj, ORDER));
      FloatVector a0 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w0 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c00 = a0.fma(b0, V256.cast(c00));
      c01 = a0.fma(b1, V256.cast(c01));
      c02 = a0.fma(b2, V256.cast(c02));
      FloatVector a1 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w1 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
      c10 = a1.fma(b0, V256.cast(c10));
      c11 = a1.fma(b1, V256.cast(c11));
      c12 = a1.fma(b2, V256.cast(c12));
      FloatVector a2 =
          V256.cast(
              I256.cast(IntVector.broadcast(INTS_256, ws.get(INT, w2 + wj)))
                  .and(high)
                  .reinterpretAsFloats());
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
}
