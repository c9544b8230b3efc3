package io.github.visualbert.cli.serve.model;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.vision.VisualFeatures;

/**
 * The regions of a picture, as the cache holds them.
 *
 * @param id see {@link SentPicture}
 * @param width of the picture in pixels
 * @param height of the picture in pixels
 * @param asStored whether the boxes refer to the picture as stored although its Exif data turn it
 * @param features a row for each region
 * @param withBoxes the same with the columns of the boxes, for models that read them; null where a
 *     model sees by itself
 * @param detection what a detector found; null where a model sees by itself
 */
public record SeenPicture(
    String id,
    int width,
    int height,
    boolean asStored,
    VisualFeatures features,
    VisualFeatures withBoxes,
    Detection detection) {
  /** About what a region and its labels occupy, beside the numbers. */
  private static final int REGION_BYTES = 256;

  static SeenPicture of(String id, Detection detection, boolean asStored) {
    return new SeenPicture(
        id,
        detection.width(),
        detection.height(),
        asStored,
        detection.features(),
        detection.featuresWithBoxColumns(),
        detection);
  }

  /** Returns the features with as many columns as a model reads. */
  public VisualFeatures columns(int columns) {
    return withBoxes != null && withBoxes.dim() == columns ? withBoxes : features;
  }

  long bytes() {
    long numbers = (long) features.regions() * features.dim();
    if (withBoxes != null) {
      numbers += (long) withBoxes.regions() * withBoxes.dim();
    }
    return Float.BYTES * numbers + (long) REGION_BYTES * features.regions();
  }
}
