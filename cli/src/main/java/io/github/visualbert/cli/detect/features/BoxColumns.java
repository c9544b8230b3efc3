package io.github.visualbert.cli.detect.features;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.tensor.Tensor;
import java.util.List;

/**
 * Six more columns for the box of a region: left, upper, right and lower edge, width and height, as
 * fractions of the picture's width and height.
 */
final class BoxColumns {
  private static final int COUNT = 6;

  private BoxColumns() {}

  /** Returns the features of a detection with the columns at the end, (regions, columns + 6). */
  static Tensor append(Detection detection) {
    List<Region> regions = detection.regions();
    int dim = detection.features().dim();
    int columns = dim + COUNT;
    float[] rows = new float[regions.size() * columns];
    float width = detection.width();
    float height = detection.height();
    for (int i = 0; i < regions.size(); i++) {
      Region region = regions.get(i);
      int at = i * columns;
      detection.features().tensor().copyTo((long) i * dim, rows, at, dim);
      at += dim;
      rows[at] = region.x1() / width;
      rows[at + 1] = region.y1() / height;
      rows[at + 2] = region.x2() / width;
      rows[at + 3] = region.y2() / height;
      rows[at + 4] = (region.x2() - region.x1()) / width;
      rows[at + 5] = (region.y2() - region.y1()) / height;
    }
    return Tensor.of(rows, regions.size(), columns);
  }
}
