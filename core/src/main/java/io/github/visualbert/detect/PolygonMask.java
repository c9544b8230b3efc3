package io.github.visualbert.detect;

/** Which cells of a box its polygons cover, as the authors' code finds it with Matplotlib. */
final class PolygonMask {
  /** Cells on a side. */
  static final int SIZE = 14;

  private PolygonMask() {}

  /**
   * Writes 1 for the cells whose centre lies in a polygon and 0 for the others, row by row.
   *
   * @param box x1, y1, x2, y2
   * @param polygons the points x, y of each; one of fewer than three covers nothing
   */
  static void fill(double[] box, double[][][] polygons, float[] mask, int at) {
    double[] columns = centres(box[0], box[2]);
    double[] rows = centres(box[1], box[3]);
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        float covered = 0;
        for (double[][] polygon : polygons) {
          if (polygon.length >= 3 && contains(polygon, columns[column], rows[row])) {
            covered = 1;
          }
        }
        mask[at + row * SIZE + column] = covered;
      }
    }
  }

  private static double[] centres(double from, double to) {
    double padding = (to - from) / (2 * SIZE);
    double first = from + padding;
    double last = to - padding;
    double step = (last - first) / (SIZE - 1);
    double[] centres = new double[SIZE];
    for (int i = 0; i < SIZE - 1; i++) {
      centres[i] = first + i * step;
    }
    centres[SIZE - 1] = last;
    return centres;
  }

  /** Counts the edges to the right of a point: an odd number is inside. */
  private static boolean contains(double[][] polygon, double x, double y) {
    boolean inside = false;
    double[] a = polygon[polygon.length - 1];
    for (double[] b : polygon) {
      boolean below = b[1] >= y;
      if (a[1] >= y != below && (b[1] - y) * (a[0] - b[0]) >= (b[0] - x) * (a[1] - b[1]) == below) {
        inside = !inside;
      }
      a = b;
    }
    return inside;
  }
}
