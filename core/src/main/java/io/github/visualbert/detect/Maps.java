package io.github.visualbert.detect;

import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;

/** Makes maps for what a layer computes, in the order of its input, and says how large they are. */
final class Maps {
  private Maps() {}

  /** Returns maps for what a window makes of x. */
  static FeatureMap of(Workspace workspace, FeatureMap x, int channels, Window window) {
    int height = window.outputs(x.height());
    int width = window.outputs(x.width());
    return x.order() == FeatureMap.Order.PIXELS
        ? FeatureMap.of(workspace, channels, height, width)
        : FeatureMap.stacked(workspace, x.maps(), channels, height, width);
  }

  /** Returns the floats of one map in PIXELS, as a workspace allocates them. */
  static long floats(int channels, int height, int width) {
    return Matrix.floats(Math.multiplyExact(height, width), channels, Matrix.Layout.PANELS);
  }

  /** Returns the floats of stacked maps. */
  static long stackedFloats(int maps, int channels, int side) {
    return (long) Matrix.paddedRows(maps) * side * side * channels;
  }

  /** Returns maps of the same sizes. */
  static FeatureMap like(Workspace workspace, FeatureMap x) {
    return of(workspace, x, x.channels(), Window.PIXEL);
  }

  /** Returns a map of a picture (3, height, width). */
  static FeatureMap ofPicture(Workspace workspace, float[] picture, int height, int width) {
    FeatureMap map = FeatureMap.of(workspace, 3, height, width);
    for (int i = 0; i < picture.length; i++) {
      int pixel = i % (height * width);
      map.set(0, i / (height * width), pixel / width, pixel % width, picture[i]);
    }
    return map;
  }
}
