package io.github.visualbert.kernel;

/**
 * The bins of RoIPool for one region, in cells of the map.
 *
 * <p>As in torchvision: corners are rounded half away from zero, the region includes both, and
 * edges of bins are computed in float32 before they are rounded. That is part of the result: 57
 * cells over 14 bins end one cell later than exact arithmetic says.
 */
public final class RegionWindow {
  private final int[] begin;
  private final int[] end;
  private final int size;

  /**
   * Divides a region.
   *
   * @param boxes x1, y1, x2, y2 of every region
   * @param size bins down and across
   */
  public RegionWindow(float[] boxes, int region, float scale, int size, int height, int width) {
    this.size = size;
    this.begin = new int[2 * size];
    this.end = new int[2 * size];
    int at = 4 * region;
    divide(boxes[at + 1] * scale, boxes[at + 3] * scale, height, 0);
    divide(boxes[at] * scale, boxes[at + 2] * scale, width, size);
  }

  private void divide(float from, float to, int cells, int at) {
    int first = round(from);
    float bin = (float) Math.max((long) round(to) - first + 1, 1) / size;
    for (int i = 0; i < size; i++) {
      begin[at + i] = clamp((long) Math.floor(i * bin) + first, cells);
      end[at + i] = clamp((long) Math.ceil((i + 1) * bin) + first, cells);
    }
  }

  private static int clamp(long cell, int cells) {
    return (int) Math.min(Math.max(cell, 0), cells);
  }

  /** Rounds half away from zero. */
  private static int round(float x) {
    return (int) (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5));
  }

  /** Returns the first row of a bin. */
  public int rowBegin(int bin) {
    return begin[bin];
  }

  /** Returns the row after the last one of a bin. */
  public int rowEnd(int bin) {
    return end[bin];
  }

  /** Returns the first column of a bin. */
  public int columnBegin(int bin) {
    return begin[size + bin];
  }

  /** Returns the column after the last one of a bin. */
  public int columnEnd(int bin) {
    return end[size + bin];
  }
}
