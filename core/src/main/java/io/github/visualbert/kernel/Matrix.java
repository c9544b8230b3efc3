package io.github.visualbert.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A float matrix in native memory: what the kernels read and write.
 *
 * <p>Rows are tokens and regions (of all sequences, end to end), columns are features. The {@link
 * Layout} says where the elements are. Kernels want the 16 rows of a panel side by side: a vector
 * register then holds one feature of several rows, every reduction over features or keys stays in
 * its lane, and weights are read in the order of the file. Lanes beyond the last row hold undefined
 * numbers; no kernel lets them reach another lane.
 *
 * <p>A matrix owns nothing; its memory belongs to a {@link Workspace} or to the arena of the
 * caller. In native byte order, aligned to 64 bytes.
 */
public final class Matrix {
  /**
   * Rows in one panel: one cache line of floats, and a whole number of vectors of every width from
   * 128 to 512 bits.
   */
  public static final int PANEL_ROWS = 16;

  /** The order of the elements in memory. */
  public enum Layout {
    /**
     * Panels of 16 rows, each feature-major: element (r, c) at {@code ((r / 16) * columns + c) * 16
     * + r % 16}.
     */
    PANELS,
    /** Row-major: element (r, c) at {@code r * columns + c}. */
    ROWS,
    /**
     * Column-major, columns padded to a multiple of 16 rows: element (r, c) at {@code c *
     * paddedRows + r}.
     */
    COLUMNS
  }

  private final MemorySegment data;
  private final int rows;
  private final int columns;
  private final Layout layout;

  /** Makes a view on native memory of at least {@link #floats} floats. */
  public Matrix(MemorySegment data, int rows, int columns, Layout layout) {
    if (!data.isNative() || data.byteSize() < Float.BYTES * floats(rows, columns, layout)) {
      throw new IllegalArgumentException(
          "%d x %d in %s needs %d bytes of native memory, found %s"
              .formatted(rows, columns, layout, Float.BYTES * floats(rows, columns, layout), data));
    }
    this.data = data;
    this.rows = rows;
    this.columns = columns;
    this.layout = layout;
  }

  /** Returns whether this is a matrix of that shape at that address. */
  boolean isAt(long address, int expectedRows, int expectedColumns, Layout expectedLayout) {
    return data.address() == address
        && rows == expectedRows
        && columns == expectedColumns
        && layout == expectedLayout;
  }

  /** Returns how many floats a matrix occupies, padding counted in. */
  public static long floats(int rows, int columns, Layout layout) {
    return (long) columns * (layout == Layout.ROWS ? rows : paddedRows(rows));
  }

  /** Returns {@code rows} rounded up to whole panels. */
  public static int paddedRows(int rows) {
    return Math.addExact(rows, PANEL_ROWS - 1) & -PANEL_ROWS;
  }

  public MemorySegment data() {
    return data;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  public Layout layout() {
    return layout;
  }

  /** Returns the number of panels that hold the rows. */
  public int panels() {
    return paddedRows(rows) / PANEL_ROWS;
  }

  /** Returns the index, in floats, of an element. */
  public long index(int row, int column) {
    return switch (layout) {
      case PANELS -> ((long) (row / PANEL_ROWS) * columns + column) * PANEL_ROWS + row % PANEL_ROWS;
      case ROWS -> (long) row * columns + column;
      case COLUMNS -> (long) column * paddedRows(rows) + row;
    };
  }

  public float get(int row, int column) {
    return data.getAtIndex(ValueLayout.JAVA_FLOAT, index(row, column));
  }

  public void set(int row, int column, float value) {
    data.setAtIndex(ValueLayout.JAVA_FLOAT, index(row, column), value);
  }

  /** Copies a row to the start of an array. */
  public void getRow(int row, float[] values) {
    long at = index(row, 0) * Float.BYTES;
    long step = columnStep() * (long) Float.BYTES;
    for (int column = 0; column < columns; column++) {
      values[column] = data.get(ValueLayout.JAVA_FLOAT, at + column * step);
    }
  }

  /** Copies the start of an array into a row. */
  public void setRow(int row, float[] values) {
    long at = index(row, 0) * Float.BYTES;
    long step = columnStep() * (long) Float.BYTES;
    for (int column = 0; column < columns; column++) {
      data.set(ValueLayout.JAVA_FLOAT, at + column * step, values[column]);
    }
  }

  /** Copies one row into a row of a matrix with as many columns. */
  public void copyRow(int row, Matrix to, int toRow) {
    long from = index(row, 0) * Float.BYTES;
    long step = columnStep() * (long) Float.BYTES;
    long target = to.index(toRow, 0) * Float.BYTES;
    long targetStep = to.columnStep() * (long) Float.BYTES;
    for (int column = 0; column < columns; column++) {
      float value = data.get(ValueLayout.JAVA_FLOAT, from + column * step);
      to.data.set(ValueLayout.JAVA_FLOAT, target + column * targetStep, value);
    }
  }

  /** Returns the distance between neighbours in a row, in floats. */
  private int columnStep() {
    return switch (layout) {
      case PANELS -> PANEL_ROWS;
      case ROWS -> 1;
      case COLUMNS -> paddedRows(rows);
    };
  }

  /** Returns all elements in row-major order; a copy. */
  public float[] toArray() {
    float[] values = new float[Math.multiplyExact(rows, columns)];
    if (layout == Layout.ROWS) {
      MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
      return values;
    }
    long step = columnStep() * (long) Float.BYTES;
    for (int row = 0; row < rows; row++) {
      long at = index(row, 0) * Float.BYTES;
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] = data.get(ValueLayout.JAVA_FLOAT, at + column * step);
      }
    }
    return values;
  }
}
