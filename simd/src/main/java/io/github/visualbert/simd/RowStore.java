package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Memory.FLOAT;

import io.github.visualbert.kernel.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * Transposes a result from lanes to rows, with a scalar load and store for each number. That is
 * cheap next to the hundreds of multiply-adds behind the number.
 */
final class RowStore {
  private RowStore() {}

  /**
   * Copies (features, 16 lanes) at byte {@code offset} of a segment to {@code rows} rows of y. The
   * first number goes to row {@code row}, column {@code feature}.
   */
  static void store(
      MemorySegment memory, long offset, int features, Matrix y, int row, int rows, int feature) {
    long from = Memory.begin(memory) + offset;
    long to = Memory.begin(y.data()) + y.index(row, feature) * Float.BYTES;
    long step = y.columns() * (long) Float.BYTES;
    for (int lane = 0; lane < rows; lane++) {
      lane(memory, from + lane * Float.BYTES, features, y.data(), to + lane * step);
    }
  }

  private static void lane(
      MemorySegment fromMemory, long from, int features, MemorySegment toMemory, long to) {
    MemorySegment source = Memory.of(fromMemory);
    MemorySegment target = Memory.of(toMemory);
    long source0 = from & Memory.ADDRESS;
    long target0 = to & Memory.ADDRESS;
    for (int f = 0; f < features; f++) {
      target.set(
          FLOAT,
          target0 + (long) f * Float.BYTES,
          source.get(FLOAT, source0 + (long) f * PANEL_BYTES));
    }
  }
}
