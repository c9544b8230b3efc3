package io.github.visualbert.cli.evaluate;

import io.github.visualbert.internal.json.JsonArray;

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
