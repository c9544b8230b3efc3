package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.SPECIES;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.RegionWindow;
import io.github.visualbert.kernel.SampleGrid;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * {@link io.github.visualbert.kernel.ImageKernels#roiPool} and {@link
 * io.github.visualbert.kernel.ImageKernels#roiAlign}: vectors over the channels of a pixel, then a
 * transposition, since a lane of the result is a region.
 *
 * <p>A chunk is one row of bins of 16 regions.
 */
final class VectorRegionPooling {
  /** Computes all channels of one bin of a region into an array. */
  @FunctionalInterface
  private interface Bin {
    void compute(int column, float[] a, int at);
  }

  /** Makes the bins of one row of a region. */
  @FunctionalInterface
  private interface Bins {
    Bin row(int region, int row);
  }

  private VectorRegionPooling() {}

  static void roiPool(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      FeatureMap y) {
    run(
        execution,
        first,
        y,
        (region, row) -> {
          RegionWindow window = new RegionWindow(boxes, region, scale, y.height(), height, width);
          int begin = window.rowBegin(row);
          int end = window.rowEnd(row);
          return (column, a, at) ->
              max(
                  pixels,
                  width,
                  begin,
                  end,
                  window.columnBegin(column),
                  window.columnEnd(column),
                  a,
                  at);
        });
  }

  private static void max(
      Matrix pixels,
      int width,
      int rowBegin,
      int rowEnd,
      int columnBegin,
      int columnEnd,
      float[] a,
      int at) {
    int channels = pixels.columns();
    boolean empty = rowBegin >= rowEnd || columnBegin >= columnEnd;
    Arrays.fill(a, at, at + channels, empty ? 0f : Float.NEGATIVE_INFINITY);
    for (int y = rowBegin; y < rowEnd; y++) {
      for (int x = columnBegin; x < columnEnd; x++) {
        max(pixels.data(), pixels.index(y * width + x, 0) * Float.BYTES, channels, a, at);
      }
    }
  }

  private static void max(MemorySegment memory, long from, int channels, float[] a, int at) {
    int c = 0;
    for (; c <= channels - LENGTH; c += LENGTH) {
      FloatVector v = load(memory, from + (long) c * Float.BYTES);
      loadArray(a, at + c).max(v).intoArray(a, at + c);
    }
    for (; c < channels; c++) {
      a[at + c] = Math.max(a[at + c], get(memory, from, c));
    }
  }

  static void roiAlign(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      int sampling,
      FeatureMap y) {
    run(
        execution,
        first,
        y,
        (region, row) -> {
          SampleGrid grid =
              new SampleGrid(boxes, region, scale, y.height(), sampling, height, width);
          return (column, a, at) -> mean(pixels, width, grid, row, column, a, at);
        });
  }

  private static void mean(
      Matrix pixels, int width, SampleGrid grid, int row, int column, float[] a, int at) {
    SampleGrid.Axis rows = grid.rows();
    SampleGrid.Axis columns = grid.columns();
    int channels = pixels.columns();
    Arrays.fill(a, at, at + channels, 0f);
    for (int i = row * rows.perBin(); i < (row + 1) * rows.perBin(); i++) {
      for (int j = column * columns.perBin(); j < (column + 1) * columns.perBin(); j++) {
        if (!rows.isOutside(i) && !columns.isOutside(j)) {
          long low = (long) rows.low(i) * width;
          long high = (long) rows.high(i) * width;
          add(
              pixels.data(),
              (low + columns.low(j)) * channels * Float.BYTES,
              (low + columns.high(j)) * channels * Float.BYTES,
              (high + columns.low(j)) * channels * Float.BYTES,
              (high + columns.high(j)) * channels * Float.BYTES,
              rows.share(i),
              columns.share(j),
              channels,
              a,
              at);
        }
      }
    }
    float count = rows.perBin() * columns.perBin();
    for (int c = at; c < at + channels; c++) {
      a[c] /= count;
    }
  }

  /** Adds one bilinear sample of all channels, from four pixels at these bytes. */
  private static void add(
      MemorySegment memory,
      long p00,
      long p01,
      long p10,
      long p11,
      float ly,
      float lx,
      int channels,
      float[] a,
      int at) {
    float w00 = (1f - ly) * (1f - lx);
    float w01 = (1f - ly) * lx;
    float w10 = ly * (1f - lx);
    float w11 = ly * lx;
    int c = 0;
    for (; c <= channels - LENGTH; c += LENGTH) {
      long i = (long) c * Float.BYTES;
      FloatVector sample =
          load(memory, p00 + i)
              .mul(Lanes.broadcast(w00))
              .add(load(memory, p01 + i).mul(Lanes.broadcast(w01)))
              .add(load(memory, p10 + i).mul(Lanes.broadcast(w10)))
              .add(load(memory, p11 + i).mul(Lanes.broadcast(w11)));
      loadArray(a, at + c).add(sample).intoArray(a, at + c);
    }
    for (; c < channels; c++) {
      a[at + c] +=
          w00 * get(memory, p00, c)
              + w01 * get(memory, p01, c)
              + w10 * get(memory, p10, c)
              + w11 * get(memory, p11, c);
    }
  }

  private static void run(Execution execution, int first, FeatureMap y, Bins bins) {
    int channels = y.channels();
    float[][] scratch =
        execution
            .workspace()
            .arrays(execution.workers().count(), Math.multiplyExact(PANEL, channels));
    int blocks = Matrix.paddedRows(y.maps()) / PANEL;
    execution
        .workers()
        .forEach(
            blocks * y.height(),
            (chunk, worker) -> {
              int block = chunk / y.height();
              int row = chunk % y.height();
              int regions = Math.min(PANEL, y.maps() - block * PANEL);
              Bin[] ofRegion = new Bin[regions];
              for (int lane = 0; lane < regions; lane++) {
                ofRegion[lane] = bins.row(first + block * PANEL + lane, row);
              }
              float[] a = scratch[worker];
              Arrays.fill(a, regions * channels, PANEL * channels, 0f);
              for (int column = 0; column < y.width(); column++) {
                for (int lane = 0; lane < regions; lane++) {
                  ofRegion[lane].compute(column, a, lane * channels);
                }
                int pixel = y.row(block * PANEL, row, column);
                store(a, channels, y.matrix().data(), y.matrix().index(pixel, 0) * Float.BYTES);
              }
            });
  }

  /** Transposes (16, channels) numbers to a panel at byte {@code to}. */
  private static void store(float[] a, int channels, MemorySegment memory, long to) {
    MemorySegment ys = Memory.of(memory);
    long y0 = Memory.begin(memory) + to & Memory.ADDRESS;
    for (int lane = 0; lane < PANEL; lane++) {
      for (int c = 0; c < channels; c++) {
        ys.set(
            Memory.FLOAT, y0 + (long) c * PANEL_BYTES + lane * Float.BYTES, a[lane * channels + c]);
      }
    }
  }

  private static FloatVector load(MemorySegment memory, long at) {
    return Lanes.load(Memory.of(memory), Memory.begin(memory) + at & Memory.ADDRESS);
  }

  private static FloatVector loadArray(float[] a, int at) {
    return Lanes.exact(FloatVector.fromArray(SPECIES, a, at));
  }

  private static float get(MemorySegment memory, long at, int index) {
    return memory.get(ValueLayout.JAVA_FLOAT, at + (long) index * Float.BYTES);
  }
}
