package io.github.visualbert.extract;

import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.VisualFeatures;

/** Computes the region features of pictures, in one of the ways that models were trained with. */
public interface FeatureExtractor {
  /** Returns the number of columns of each region's features. */
  int dim();

  /**
   * Computes the features of a picture, (regions, dim). Their source is that of the picture.
   * Whether a picture taken on its side is turned {@link Picture#upright} is the extractor's
   * choice, as it was of those who trained with it. Thread-safe.
   */
  VisualFeatures extract(Picture picture);
}
