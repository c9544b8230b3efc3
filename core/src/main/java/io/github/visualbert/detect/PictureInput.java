package io.github.visualbert.detect;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.picture.Resize;

/**
 * A picture on its way into a network: how large it becomes.
 *
 * @param width pixels after scaling
 * @param height pixels after scaling
 */
record PictureInput(Picture picture, int width, int height) {

  /** The size of a picture in pixels. */
  record Size(int width, int height) {}

  static PictureInput of(Picture picture, DetectorConfig.Input config) {
    Size size = scaled(picture.width(), picture.height(), config);
    return new PictureInput(picture, size.width(), size.height());
  }

  /**
   * Scales the shorter side to a length, or less where the longer side would become too long; both
   * are rounded half up.
   */
  static Size scaled(int pictureWidth, int pictureHeight, DetectorConfig.Input config) {
    double width = pictureWidth;
    double height = pictureHeight;
    double scale = config.shortest() / Math.min(width, height);
    if (height < width) {
      width = scale * width;
      height = config.shortest();
    } else {
      height = scale * height;
      width = config.shortest();
    }
    double longest = Math.max(width, height);
    if (longest > config.longest()) {
      double less = config.longest() / longest;
      width *= less;
      height *= less;
    }
    return new Size((int) (width + 0.5), (int) (height + 0.5));
  }

  /** Pixels of the picture for a pixel of the network's, across. */
  float scaleX() {
    return (float) picture.width() / width;
  }

  /** Pixels of the picture for a pixel of the network's, down. */
  float scaleY() {
    return (float) picture.height() / height;
  }

  /** Returns an exception for a picture of which the network would see nothing. */
  InputException tooNarrow() {
    return tooNarrow(picture, new Size(width, height));
  }

  /** Returns an exception for a picture of which the network would see nothing at this size. */
  static InputException tooNarrow(Picture picture, Size scaled) {
    return new InputException(
        Kind.UNSUPPORTED,
        "%s: a picture of %d x %d pixels becomes one of %d x %d for the detector, which is too narrow; crop it"
            .formatted(
                picture.source(),
                picture.width(),
                picture.height(),
                scaled.width(),
                scaled.height()));
  }

  /** Returns an exception for a picture in which the network proposes nothing. */
  static InputException withoutRegion(Picture picture) {
    return new InputException(
        Kind.EMPTY,
        "%s: the detector finds no region in this picture of %d x %d pixels"
            .formatted(picture.source(), picture.width(), picture.height()));
  }

  /** Returns the scaled picture (3, height, width) in blue, green, red, normalised. */
  FeatureMap map(Workspace workspace, DetectorConfig.Input config) {
    FeatureMap map = FeatureMap.of(workspace, 3, height, width);
    float[] rgb = Resize.torch(picture, width, height);
    for (int c = 0; c < 3; c++) {
      float mean = config.mean()[c];
      float std = config.std()[c];
      for (int pixel = 0; pixel < height * width; pixel++) {
        map.matrix().set(pixel, c, (rgb[3 * pixel + 2 - c] - mean) / std);
      }
    }
    return map;
  }
}
