package io.github.visualbert.kernel;

import java.util.Arrays;

/** {@link ImageKernels#roiPool} and {@link ImageKernels#roiAlign} in plain Java. */
final class ScalarRegionPooling {
  private static final int LANES = Matrix.PANEL_ROWS;

  /** Computes all channels of one bin of one region. */
  @FunctionalInterface
  private interface Bin {
    void compute(int row, int column, float[] values);
  }

  private ScalarRegionPooling() {}

  static void roiPool(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      FeatureMap y) {
    float[][] scratch = execution.workspace().arrays(execution.workers().count(), y.channels());
    forEachRegion(
        execution,
        y,
        (map, worker) -> {
          RegionWindow window =
              new RegionWindow(boxes, first + map, scale, y.height(), height, width);
          float[] cell = scratch[worker];
          bins(
              y,
              map,
              (row, column, values) -> max(pixels, width, window, row, column, cell, values));
        });
  }

  private static void max(
      Matrix pixels,
      int width,
      RegionWindow window,
      int row,
      int column,
      float[] cell,
      float[] values) {
    boolean empty = true;
    Arrays.fill(values, Float.NEGATIVE_INFINITY);
    for (int y = window.rowBegin(row); y < window.rowEnd(row); y++) {
      for (int x = window.columnBegin(column); x < window.columnEnd(column); x++) {
        pixels.getRow(y * width + x, cell);
        for (int c = 0; c < values.length; c++) {
          values[c] = Math.max(values[c], cell[c]);
        }
        empty = false;
      }
    }
    if (empty) {
      Arrays.fill(values, 0f);
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
    float[][] scratch = execution.workspace().arrays(execution.workers().count(), 4 * y.channels());
    forEachRegion(
        execution,
        y,
        (map, worker) -> {
          SampleGrid grid =
              new SampleGrid(boxes, first + map, scale, y.height(), sampling, height, width);
          float[] cells = scratch[worker];
          bins(
              y,
              map,
              (row, column, values) -> mean(pixels, width, grid, row, column, cells, values));
        });
  }

  private static void mean(
      Matrix pixels,
      int width,
      SampleGrid grid,
      int row,
      int column,
      float[] cells,
      float[] values) {
    SampleGrid.Axis rows = grid.rows();
    SampleGrid.Axis columns = grid.columns();
    Arrays.fill(values, 0f);
    for (int i = row * rows.perBin(); i < (row + 1) * rows.perBin(); i++) {
      for (int j = column * columns.perBin(); j < (column + 1) * columns.perBin(); j++) {
        if (!rows.isOutside(i) && !columns.isOutside(j)) {
          add(pixels, width, rows, i, columns, j, cells, values);
        }
      }
    }
    float count = rows.perBin() * columns.perBin();
    for (int c = 0; c < values.length; c++) {
      values[c] /= count;
    }
  }

  /** Adds one sample. */
  private static void add(
      Matrix pixels,
      int width,
      SampleGrid.Axis rows,
      int i,
      SampleGrid.Axis columns,
      int j,
      float[] cells,
      float[] values) {
    int n = values.length;
    float ly = rows.share(i);
    float lx = columns.share(j);
    float hy = 1f - ly;
    float hx = 1f - lx;
    getRow(pixels, rows.low(i) * width + columns.low(j), cells, 0);
    getRow(pixels, rows.low(i) * width + columns.high(j), cells, n);
    getRow(pixels, rows.high(i) * width + columns.low(j), cells, 2 * n);
    getRow(pixels, rows.high(i) * width + columns.high(j), cells, 3 * n);
    for (int c = 0; c < n; c++) {
      values[c] +=
          hy * hx * cells[c]
              + hy * lx * cells[n + c]
              + ly * hx * cells[2 * n + c]
              + ly * lx * cells[3 * n + c];
    }
  }

  private static void getRow(Matrix pixels, int row, float[] cells, int at) {
    Floats.load(pixels.data(), pixels.index(row, 0), cells, at, pixels.columns());
  }

  /** Runs a task for each region; lanes without a region are left as they are. */
  private static void forEachRegion(Execution execution, FeatureMap y, Workers.Task task) {
    execution.workers().forEach(y.maps(), task);
  }

  private static void bins(FeatureMap y, int map, Bin bin) {
    float[] values = new float[y.channels()];
    for (int row = 0; row < y.height(); row++) {
      for (int column = 0; column < y.width(); column++) {
        bin.compute(row, column, values);
        y.matrix().setRow(y.row(map, row, column), values);
      }
    }
  }
}
