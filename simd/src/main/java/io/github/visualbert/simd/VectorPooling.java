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
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Taps;
import io.github.visualbert.kernel.Window;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The operations of a detector that only move, compare and add. */
final class VectorPooling {
  /** Channels of one chunk of {@link #mean}. */
  private static final int MEAN_CHANNELS = 64;

  private VectorPooling() {}

  static void maxPool(Execution execution, FeatureMap x, Window window, FeatureMap y) {
    execution.workers().forEach(y.matrix().panels(), (panel, _) -> max(x, window, y, panel));
  }

  /** Pools one panel, tap by tap: a lane's numbers are strided, as its windows are. */
  private static void max(FeatureMap x, Window window, FeatureMap y, int panel) {
    int[] pixels = new int[PANEL];
    int channels = y.channels();
    MemorySegment memory = y.matrix().data();
    long to = Memory.begin(memory) + y.matrix().index(panel * PANEL, 0) * Float.BYTES;
    fill(memory, to, channels, Float.NEGATIVE_INFINITY);
    for (int tap = 0; tap < window.taps(); tap++) {
      Taps.find(window, x, y, panel, tap, pixels);
      for (int lane = 0; lane < PANEL; lane++) {
        if (pixels[lane] != Taps.OUTSIDE) {
          int row = Taps.row(x, y, panel, pixels[lane], lane);
          MemorySegment from = x.matrix().data();
          long at = Memory.begin(from) + x.matrix().index(row, 0) * Float.BYTES;
          maxOfLane(from, at, memory, to + lane * Float.BYTES, channels);
        }
      }
    }
  }

  private static void fill(MemorySegment memory, long at, int channels, float value) {
    MemorySegment ys = Memory.of(memory);
    FloatVector v = broadcast(value);
    long y0 = at & ADDRESS;
    for (int c = 0; c < channels; c++) {
      for (int lane = 0; lane < PANEL; lane += LENGTH) {
        exact(v).intoMemorySegment(ys, y0 + (long) c * PANEL_BYTES + lane * Float.BYTES, ORDER);
      }
    }
  }

  private static void maxOfLane(
      MemorySegment fromMemory, long from, MemorySegment toMemory, long to, int channels) {
    MemorySegment xs = Memory.of(fromMemory);
    MemorySegment ys = Memory.of(toMemory);
    long x0 = from & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      long i = (long) c * PANEL_BYTES;
      ys.set(FLOAT, y0 + i, Math.max(ys.get(FLOAT, y0 + i), xs.get(FLOAT, x0 + i)));
    }
  }

  static void toRows(Execution execution, FeatureMap x, Matrix y) {
    execution
        .workers()
        .forEach(
            x.matrix().panels(),
            (panel, _) -> {
              int row = panel * PANEL;
              long from = x.matrix().index(row, 0) * Float.BYTES;
              int rows = Math.min(PANEL, x.pixels() - row);
              RowStore.store(x.matrix().data(), from, x.channels(), y, row, rows, 0);
            });
  }

  static void mean(Execution execution, FeatureMap x, Matrix y) {
    int chunks = Math.ceilDiv(x.channels(), MEAN_CHANNELS);
    execution
        .workers()
        .forEach(
            y.panels() * chunks,
            (chunk, _) -> {
              int begin = chunk % chunks * MEAN_CHANNELS;
              int end = Math.min(begin + MEAN_CHANNELS, x.channels());
              for (int c = begin; c < end; c++) {
                mean(x, y, chunk / chunks, c);
              }
            });
  }

  private static void mean(FeatureMap x, Matrix y, int block, int channel) {
    MemorySegment xs = Memory.of(x.matrix().data());
    MemorySegment ys = Memory.of(y.data());
    int row = block * x.pixels() * PANEL;
    long from =
        Memory.begin(x.matrix().data()) + x.matrix().index(row, channel) * Float.BYTES & ADDRESS;
    long to = Memory.begin(y.data()) + y.index(block * PANEL, channel) * Float.BYTES & ADDRESS;
    long step = (long) x.channels() * PANEL_BYTES;
    int pixels = x.pixels();
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      FloatVector sum = broadcast(0f);
      for (int pixel = 0; pixel < pixels; pixel++) {
        sum = exact(sum).add(load(xs, from + pixel * step + lane * Float.BYTES));
      }
      exact(sum).div(broadcast(pixels)).intoMemorySegment(ys, to + lane * Float.BYTES, ORDER);
    }
  }

  static void flatten(Execution execution, FeatureMap x, Matrix y) {
    long step = x.pixels() * (long) PANEL_BYTES;
    execution
        .workers()
        .forEach(
            x.matrix().panels(),
            (panel, _) -> {
              int block = panel / x.pixels();
              long from = address(x.matrix(), panel * PANEL, 0);
              long to = address(y, block * PANEL, panel % x.pixels());
              LaneCopy.lines(
                  x.matrix().data(), from, PANEL_BYTES, y.data(), to, step, x.channels());
            });
  }

  static void addUpsampled(Execution execution, FeatureMap x, FeatureMap y) {
    execution
        .workers()
        .forEach(
            y.height(),
            (row, _) -> {
              for (int column = 0; column < y.width(); column++) {
                long from = address(x.matrix(), x.row(0, row / 2, column / 2), 0);
                long to = address(y.matrix(), y.row(0, row, column), 0);
                addLane(x.matrix().data(), from, y.matrix().data(), to, y.channels());
              }
            });
  }

  private static void addLane(
      MemorySegment fromMemory, long from, MemorySegment toMemory, long to, int channels) {
    MemorySegment xs = Memory.of(fromMemory);
    MemorySegment ys = Memory.of(toMemory);
    long x0 = from & ADDRESS;
    long y0 = to & ADDRESS;
    for (int c = 0; c < channels; c++) {
      long i = (long) c * PANEL_BYTES;
      ys.set(FLOAT, y0 + i, ys.get(FLOAT, y0 + i) + xs.get(FLOAT, x0 + i));
    }
  }

  static void norm(
      Execution execution,
      FeatureMap x,
      float[] scale,
      float[] shift,
      FeatureMap residual,
      Activation activation,
      FeatureMap y) {
    execution
        .workers()
        .forEach(
            x.matrix().panels(),
            (panel, _) ->
                ConvolutionEpilogue.apply(
                    x.matrix().data(),
                    address(x.matrix(), panel * PANEL, 0),
                    x.channels(),
                    scale,
                    shift,
                    0,
                    activation,
                    residual == null ? null : residual.matrix(),
                    y.matrix().data(),
                    address(y.matrix(), panel * PANEL, 0)));
  }

  /** Returns where an element is, as {@link Memory#begin} counts. */
  private static long address(Matrix matrix, int row, int column) {
    return Memory.begin(matrix.data()) + matrix.index(row, column) * Float.BYTES;
  }
}
