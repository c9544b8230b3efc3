package io.github.visualbert.detect;

import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * What a detector found in a picture: at least one region, the most confident first.
 *
 * @param source what the picture is called
 * @param width of the picture, in pixels
 * @param height of the picture, in pixels
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

  public Detection {
    regions = List.copyOf(regions);
  }
}
