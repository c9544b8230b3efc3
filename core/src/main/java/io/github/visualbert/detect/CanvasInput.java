package io.github.visualbert.detect;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.picture.Resize;

/**
 * A picture in the middle of a black canvas, as large as it fits.
 *
 * @param scale pixels of the canvas for a pixel of the picture
 * @param left where the picture begins on the canvas
 * @param top where it begins, down
 * @param width of the picture on the canvas
 * @param height of the picture on the canvas
 */
record CanvasInput(Picture picture, double scale, int left, int top, int width, int height) {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};

  /**
   * Places a picture.
   *
   * @throws InputException when nothing would be left of it
   */
  static CanvasInput of(Picture picture, int canvasWidth, int canvasHeight) {
    double scale =
        Math.min((double) canvasWidth / picture.width(), (double) canvasHeight / picture.height());
    int width = (int) Math.rint(picture.width() * scale);
    int height = (int) Math.rint(picture.height() * scale);
    if (width < 1 || height < 1) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: a picture of %d x %d pixels becomes one of %d x %d for the tower, which is too narrow; crop it"
              .formatted(picture.source(), picture.width(), picture.height(), width, height));
    }
    return new CanvasInput(
        picture, scale, (canvasWidth - width) / 2, (canvasHeight - height) / 2, width, height);
  }

  /** Returns a box of the picture, x1, y1, x2, y2, in pixels of the canvas. */
  void place(double[] box, float[] boxes, int at) {
    for (int edge = 0; edge < 4; edge++) {
      boxes[at + edge] = (float) (box[edge] * scale + (edge % 2 == 0 ? left : top));
    }
  }

  /** Returns the canvas (3, height, width) in red, green, blue, normalised, black included. */
  FeatureMap map(Workspace workspace, int canvasWidth, int canvasHeight) {
    Picture scaled = scale == 1 ? picture : Resize.pillow(picture, width, height);
    FeatureMap map = FeatureMap.of(workspace, 3, canvasHeight, canvasWidth);
    for (int y = 0; y < canvasHeight; y++) {
      for (int x = 0; x < canvasWidth; x++) {
        boolean inside = x >= left && x < left + width && y >= top && y < top + height;
        int rgb = inside ? scaled.pixel(x - left, y - top) : 0;
        for (int c = 0; c < 3; c++) {
          float value = (rgb >> 16 - 8 * c & 0xff) / 255f;
          map.set(0, c, y, x, (value - MEAN[c]) / STD[c]);
        }
      }
    }
    return map;
  }
}
