package io.github.visualbert.detect;

import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * What a detector found in a picture: at least one region, the most confident first.
 *
 * @param source what the picture is called
 * @param width of the picture as the detector saw it, {@linkplain DetectorKind#orient upright or as
 *     stored}, in pixels
 * @param height of that picture, in pixels
 * @param regions the regions, in the order of the rows of the features
 * @param features a row for each region, with the boxes as fractions of width and height
 * @param threshold the overlap above which the last suppression took the less confident of two
 *     regions away
 */
public record Detection(
    String source,
    int width,
    int height,
    List<Region> regions,
    VisualFeatures features,
    double threshold) {

  /** The columns that {@link #featuresWithBoxColumns} adds, in their order. */
  public static final List<String> BOX_COLUMNS = List.of("x1", "y1", "x2", "y2", "width", "height");

  public Detection {
    regions = List.copyOf(regions);
  }

  /**
   * Returns the features with the box of each region in six more columns, {@link #BOX_COLUMNS}, as
   * fractions of the picture's width and height in float32: what some models were trained on.
   */
  public VisualFeatures featuresWithBoxColumns() {
    int dim = features.dim();
    int columns = dim + BOX_COLUMNS.size();
    float[] rows = new float[regions.size() * columns];
    for (int i = 0; i < regions.size(); i++) {
      Region region = regions.get(i);
      int at = i * columns;
      features.tensor().copyTo((long) i * dim, rows, at, dim);
      at += dim;
      rows[at] = region.x1() / width;
      rows[at + 1] = region.y1() / height;
      rows[at + 2] = region.x2() / width;
      rows[at + 3] = region.y2() / height;
      rows[at + 4] = (region.x2() - region.x1()) / width;
      rows[at + 5] = (region.y2() - region.y1()) / height;
    }
    return VisualFeatures.view(features.source(), Tensor.of(rows, regions.size(), columns))
        .withBoxes(features.boxes());
  }
}
