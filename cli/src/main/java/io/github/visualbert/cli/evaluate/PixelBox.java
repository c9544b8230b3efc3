package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.vision.Box;

/**
 * A box in a picture, in pixels. Edges have no width: a box from 10 to 20 is 10 pixels wide, as in
 * the authors' code.
 */
record PixelBox(double left, double top, double right, double bottom) {
  /** Reads {@code [left, top, right, bottom]}. */
  static PixelBox of(JsonArray boxes, int index) {
    JsonArray corners = boxes.getArray(index);
    if (corners.size() != 4) {
      throw boxes.expected(index, "[left, top, right, bottom]");
    }
    PixelBox box =
        new PixelBox(
            corners.getDouble(0), corners.getDouble(1), corners.getDouble(2), corners.getDouble(3));
    if (box.right < box.left || box.bottom < box.top) {
      throw boxes.expected(index, "[left, top, right, bottom] with left and top first");
    }
    return box;
  }

  /**
   * Returns the box of a region that lies at fractions of a caption's picture.
   *
   * @throws InputException when the size of the picture is not known
   */
  static PixelBox of(Box fractions, FlickrCaption caption) {
    if (caption.width() < 1 || caption.height() < 1) {
      throw caption
          .line()
          .mismatch("expected the width and height of the picture, to place its regions");
    }
    return new PixelBox(
        pixels(fractions.left(), caption.width()),
        pixels(fractions.top(), caption.height()),
        pixels(fractions.right(), caption.width()),
        pixels(fractions.bottom(), caption.height()));
  }

  /**
   * Returns a fraction of a picture's size in pixels. Undoes the rounding of whole pixels to float
   * fractions, so that an overlap of exactly 0.5 stays 0.5.
   */
  private static double pixels(float fraction, int size) {
    double pixels = (double) fraction * size;
    double whole = Math.rint(pixels);
    return Math.abs(pixels - whole) < 1e-3 ? whole : pixels;
  }

  /** Returns the area that two boxes share as a part of the area that they cover together. */
  double intersectionOverUnion(PixelBox other) {
    double width = Math.min(right, other.right) - Math.max(left, other.left);
    double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
    double shared = Math.max(0, width) * Math.max(0, height);
    return shared / (area() + other.area() - shared); // NaN, which is no match, for two empty boxes
  }

  private double area() {
    return (right - left) * (bottom - top);
  }
}
