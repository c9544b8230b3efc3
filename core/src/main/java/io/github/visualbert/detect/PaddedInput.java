package io.github.visualbert.detect;

import io.github.visualbert.detect.DetectorConfig.Pyramid;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.picture.Resize;

/**
 * A picture on its way into a network on a pyramid: scaled, and padded to sides that can be halved
 * five times. The padding counts as picture to such a network.
 *
 * @param scale pixels of the scaled picture for one of the picture
 */
record PaddedInput(Picture picture, double scale) {

  static PaddedInput of(Picture picture, DetectorConfig.Input config) {
    return new PaddedInput(picture, scale(picture.width(), picture.height(), config));
  }

  /** The shorter side decides the scale, unless the longer side would become too long. */
  private static double scale(int width, int height, DetectorConfig.Input config) {
    double scale = (double) config.shortest() / Math.min(width, height);
    int longest = Math.max(width, height);
    return Math.rint(scale * longest) > config.longest()
        ? (double) config.longest() / longest
        : scale;
  }

  /** Returns the size of a scaled picture without padding; a side may be 0. */
  static PictureInput.Size scaled(int width, int height, DetectorConfig.Input config) {
    double scale = scale(width, height, config);
    return new PictureInput.Size(
        Resize.openCvLength(width, scale), Resize.openCvLength(height, scale));
  }

  /** Returns a length with padding. */
  static int padded(int length) {
    return Math.ceilDiv(length, Pyramid.DIVISOR) * Pyramid.DIVISOR;
  }

  /** Returns the size without padding. */
  PictureInput.Size size() {
    return new PictureInput.Size(
        Resize.openCvLength(picture.width(), scale), Resize.openCvLength(picture.height(), scale));
  }

  /** Returns the scaled picture (3, height, width) in blue, green, red; the padding is zeros. */
  FeatureMap map(Workspace workspace, DetectorConfig.Input config) {
    PictureInput.Size size = size();
    FeatureMap map = FeatureMap.of(workspace, 3, padded(size.height()), padded(size.width()));
    map.matrix().data().fill((byte) 0);
    float[] mean = config.mean();
    float[] rgb = Resize.openCv(picture, scale, mean[2], mean[1], mean[0]);
    for (int y = 0; y < size.height(); y++) {
      for (int x = 0; x < size.width(); x++) {
        int pixel = y * size.width() + x;
        for (int c = 0; c < 3; c++) {
          map.matrix().set(map.row(0, y, x), c, rgb[3 * pixel + 2 - c]);
        }
      }
    }
    return map;
  }
}
