package io.github.visualbert.kernel;

import io.github.visualbert.kernel.FeatureMap.Order;
import java.util.Arrays;

/** Which pixels of its input the taps of a window lie on. */
public final class Taps {
  /** The pixel of a tap that lies outside the map. */
  public static final int OUTSIDE = -1;

  private Taps() {}

  /**
   * Finds the pixels of x under one tap, for the 16 lanes of a panel of y.
   *
   * @param tap row-major
   * @param pixels receives 16 pixels, {@link #OUTSIDE} for those outside and for lanes without one;
   *     in STACKED order all are the same
   */
  public static void find(
      Window window, FeatureMap x, FeatureMap y, int panel, int tap, int[] pixels) {
    int down = tap / window.size() * window.dilation() - window.padding();
    int across = tap % window.size() * window.dilation() - window.padding();
    boolean stacked = y.order() == Order.STACKED;
    int first = stacked ? panel % y.pixels() : panel * Matrix.PANEL_ROWS;
    int lanes = stacked ? 1 : Math.min(Matrix.PANEL_ROWS, y.pixels() - first);
    int row = first / y.width() * window.stride() + down;
    int column = first % y.width() * window.stride() + across;
    int end = y.width() * window.stride() + across;
    for (int lane = 0; lane < lanes; lane++) {
      boolean inside = row >= 0 && row < x.height() && column >= 0 && column < x.width();
      pixels[lane] = inside ? row * x.width() + column : OUTSIDE;
      column += window.stride();
      if (column == end) {
        column = across;
        row += window.stride();
      }
    }
    Arrays.fill(pixels, lanes, Matrix.PANEL_ROWS, stacked ? pixels[0] : OUTSIDE);
  }

  /** Returns the row of x that holds a pixel which {@link #find} found for a lane. */
  public static int row(FeatureMap x, FeatureMap y, int panel, int pixel, int lane) {
    return x.order() == Order.PIXELS
        ? pixel
        : (panel / y.pixels() * x.pixels() + pixel) * Matrix.PANEL_ROWS + lane;
  }
}
