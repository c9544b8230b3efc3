package io.github.visualbert.detect;

/**
 * The boxes that region proposals start from: the same few at every cell of a feature map.
 *
 * <p>Their order is row, column, anchor, which is that of a head's outputs too.
 */
final class Anchors {
  private final float[] cell; // (anchors, 4)
  private final int stride;
  private final float offset;

  /**
   * @param cell the boxes of the first cell, x1, y1, x2, y2 each
   * @param stride pixels of the picture for a cell
   * @param offset where in a cell the boxes are centred, in cells
   */
  Anchors(float[] cell, int stride, float offset) {
    this.cell = cell.clone();
    this.stride = stride;
    this.offset = offset;
  }

  /**
   * Returns detectron2's boxes of the first cell: for each size and then each ratio of height to
   * width, a box of the size's area around 0.
   */
  static float[] centred(double[] sizes, double[] ratios) {
    float[] cell = new float[4 * sizes.length * ratios.length];
    int at = 0;
    for (double size : sizes) {
      for (double ratio : ratios) {
        double width = Math.sqrt(size * size / ratio);
        double height = ratio * width;
        cell[at++] = (float) (-width / 2);
        cell[at++] = (float) (-height / 2);
        cell[at++] = (float) (width / 2);
        cell[at++] = (float) (height / 2);
      }
    }
    return cell;
  }

  /**
   * Returns Fast R-CNN's boxes of the first cell: for each ratio, rounded to whole pixels at the
   * size of the stride and then scaled; edges are pixels.
   */
  static float[] rounded(int stride, double size, double[] ratios) {
    float[] cell = new float[4 * ratios.length];
    double centre = (stride - 1) / 2.0;
    int at = 0;
    for (double ratio : ratios) {
      double small = Math.rint(Math.sqrt(stride * stride / ratio));
      double halfWidth = (small * (size / stride) - 1) / 2;
      double halfHeight = (Math.rint(small * ratio) * (size / stride) - 1) / 2;
      cell[at++] = (float) (centre - halfWidth);
      cell[at++] = (float) (centre - halfHeight);
      cell[at++] = (float) (centre + halfWidth);
      cell[at++] = (float) (centre + halfHeight);
    }
    return cell;
  }

  /** Returns the number of boxes of a cell. */
  int perCell() {
    return cell.length / 4;
  }

  /**
   * Writes a box.
   *
   * @param index its place in the order of all boxes
   * @param columns the cells of a row
   */
  void box(int index, int columns, float[] out, int at) {
    int position = index / perCell();
    int from = 4 * (index % perCell());
    float x = (position % columns + offset) * stride;
    float y = (position / columns + offset) * stride;
    out[at] = cell[from] + x;
    out[at + 1] = cell[from + 1] + y;
    out[at + 2] = cell[from + 2] + x;
    out[at + 3] = cell[from + 3] + y;
  }
}
