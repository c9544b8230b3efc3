package io.github.visualbert.detect;

/** Which decoded proposals are large enough to be looked at; what differs between the kinds. */
@FunctionalInterface
interface BoxFilter {
  /** Width and height exceed the least, as coordinates. */
  BoxFilter LARGER =
      (boxes, at, smallest, right, bottom, scale) ->
          boxes[at + 2] - boxes[at] > smallest && boxes[at + 3] - boxes[at + 1] > smallest;

  /** Width and height, as pixels of the scaled picture, are not below the least. */
  BoxFilter AT_LEAST =
      (boxes, at, smallest, right, bottom, scale) ->
          boxes[at + 2] - boxes[at] + 1 >= smallest
              && boxes[at + 3] - boxes[at + 1] + 1 >= smallest;

  /**
   * Width and height, as pixels of the picture, are at least one and not below the least, and the
   * centre is in the scaled picture.
   */
  BoxFilter IN_PICTURE =
      (boxes, at, smallest, right, bottom, scale) -> {
        float width = boxes[at + 2] - boxes[at];
        float height = boxes[at + 3] - boxes[at + 1];
        double least = Math.max(smallest, 1);
        return width / scale + 1 >= least
            && height / scale + 1 >= least
            && boxes[at] + (width + 1) / 2 < right + 1
            && boxes[at + 1] + (height + 1) / 2 < bottom + 1;
      };

  /**
   * Returns whether the box is kept.
   *
   * @param boxes x1, y1, x2, y2 from {@code at}, clipped to the scaled picture
   * @param smallest pixels
   * @param right the last coordinate of the scaled picture
   * @param scale pixels of the scaled picture for one of the picture
   */
  boolean keeps(float[] boxes, int at, double smallest, float right, float bottom, float scale);
}
