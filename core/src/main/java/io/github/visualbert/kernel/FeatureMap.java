package io.github.visualbert.kernel;

import io.github.visualbert.kernel.Matrix.Layout;

/**
 * Feature maps of channels x height x width: what the kernels of a detector read and write.
 *
 * <p>A view on a {@link Matrix} in PANELS whose columns are channels and whose rows are pixels. So
 * a convolution of one pixel is a linear layer, and every lane is a pixel. Lanes that belong to no
 * pixel hold undefined numbers.
 */
public final class FeatureMap {
  /** What the 16 rows of a panel are. */
  public enum Order {
    /** One map; pixels in row-major order, 16 neighbours in a panel. */
    PIXELS,
    /**
     * Many maps of equal size; the same pixel of 16 maps in a panel, so that no tap of a window
     * crosses lanes. Pixel p of map m is row {@code (m / 16 * pixels + p) * 16 + m % 16}.
     */
    STACKED
  }

  private final Matrix matrix;
  private final Order order;
  private final int maps;
  private final int height;
  private final int width;

  private FeatureMap(Matrix matrix, Order order, int maps, int height, int width) {
    this.matrix = matrix;
    this.order = order;
    this.maps = maps;
    this.height = height;
    this.width = width;
  }

  /** Returns one map, contents undefined, in a workspace. */
  public static FeatureMap of(Workspace workspace, int channels, int height, int width) {
    int rows = Math.multiplyExact(height, width);
    return new FeatureMap(
        workspace.matrix(rows, channels, Layout.PANELS), Order.PIXELS, 1, height, width);
  }

  /** Returns stacked maps, contents undefined, in a workspace. */
  public static FeatureMap stacked(
      Workspace workspace, int maps, int channels, int height, int width) {
    int rows = Math.multiplyExact(Matrix.paddedRows(maps), Math.multiplyExact(height, width));
    return new FeatureMap(
        workspace.matrix(rows, channels, Layout.PANELS), Order.STACKED, maps, height, width);
  }

  /** Returns the pixels as rows, the channels as columns. */
  public Matrix matrix() {
    return matrix;
  }

  public Order order() {
    return order;
  }

  /** Returns the number of maps: 1 unless they are stacked. */
  public int maps() {
    return maps;
  }

  public int channels() {
    return matrix.columns();
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Returns the number of pixels of one map. */
  public int pixels() {
    return height * width;
  }

  /** Returns whether the other has as many maps of the same size in the same order. */
  boolean isLike(FeatureMap other) {
    return order == other.order
        && maps == other.maps
        && height == other.height
        && width == other.width;
  }

  /** Returns the row of the matrix that holds a pixel. */
  public int row(int map, int y, int x) {
    int pixel = y * width + x;
    return order == Order.PIXELS
        ? pixel
        : (map / Matrix.PANEL_ROWS * pixels() + pixel) * Matrix.PANEL_ROWS
            + map % Matrix.PANEL_ROWS;
  }

  public float get(int map, int channel, int y, int x) {
    return matrix.get(row(map, y, x), channel);
  }

  public void set(int map, int channel, int y, int x, float value) {
    matrix.set(row(map, y, x), channel, value);
  }

  /** Returns a copy of all numbers as (maps, channels, height, width). */
  public float[] toArray() {
    float[] values = new float[Math.multiplyExact(maps * channels(), pixels())];
    int i = 0;
    for (int map = 0; map < maps; map++) {
      for (int channel = 0; channel < channels(); channel++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            values[i++] = get(map, channel, y, x);
          }
        }
      }
    }
    return values;
  }

  @Override
  public String toString() {
    return "%d maps of %d x %d x %d, %s".formatted(maps, channels(), height, width, order);
  }
}
