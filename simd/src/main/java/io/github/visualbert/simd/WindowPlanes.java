package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.INTS;
import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.exactInts;
import static io.github.visualbert.simd.Lanes.loadInts;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.INT;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Window;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;

/**
 * Copies of some channels of a map in which 16 neighbouring pixels are side by side wherever they
 * begin, so that a window that keeps the map's size is read without being gathered.
 *
 * <p>A plane holds the pixels of one channel in order, with zeros before and after the map. There
 * is one for each column of the window: pixels that this column would see across the map's left or
 * right edge are zeros in it.
 *
 * <p>Not thread-safe; each worker has its own.
 */
final class WindowPlanes {
  private final int[] mask = new int[PANEL];

  /** Returns the panels before the first pixel of a plane, which a window can reach. */
  static int margin(Window window, int width) {
    int reach =
        Math.max(window.padding(), (window.size() - 1) * window.dilation() - window.padding());
    return Math.ceilDiv(reach * (width + 1), PANEL);
  }

  /** Returns the bytes from one plane to the next for so many panels of pixels. */
  static long planeBytes(Window window, int width, int panels) {
    int all = panels + 2 * margin(window, width) + 1;
    return (all | 1) * (long) PANEL_BYTES; // odd, so that planes do not share the sets of L1
  }

  /**
   * Writes where each row of a window is: for row {@code channel * taps + tap} the bytes from a
   * plane's first margin panel to what pixel 0 sees.
   */
  static void list(
      Window window, int width, int channels, long planeBytes, MemorySegment memory, long at) {
    MemorySegment list = Memory.of(memory);
    int taps = window.taps();
    long margin = (long) margin(window, width) * PANEL_BYTES;
    for (int row = 0; row < channels * taps; row++) {
      int tap = row % taps;
      int down = tap / window.size() * window.dilation() - window.padding();
      int across = tap % window.size() * window.dilation() - window.padding();
      long plane = (row / taps * (long) window.size() + tap % window.size()) * planeBytes;
      long offset = plane + margin + (down * width + across) * (long) Float.BYTES;
      list.set(INT, at + row * (long) Integer.BYTES, Math.toIntExact(offset));
    }
  }

  /**
   * Fills the planes of some channels: (channel, column of the window).
   *
   * @param first the panel of the map that is the first after the margin
   * @param panels how many follow it
   */
  void fill(
      Window window,
      FeatureMap x,
      int channel,
      int channels,
      int first,
      int panels,
      MemorySegment memory,
      long at,
      long planeBytes) {
    int margin = margin(window, x.width());
    long step = window.size() * planeBytes;
    for (int i = 0; i < panels + 2 * margin; i++) {
      int panel = first - margin + i;
      boolean inside = panel >= 0 && panel < x.matrix().panels();
      boolean inner = inside && inner(window, x, panel);
      long from =
          Memory.begin(x.matrix().data()) + ((long) panel * x.channels() + channel) * PANEL_BYTES;
      for (int column = 0; column < window.size(); column++) {
        long to = at + column * planeBytes + (long) i * PANEL_BYTES;
        if (inner) {
          LaneCopy.lines(x.matrix().data(), from, PANEL_BYTES, memory, to, step, channels);
        } else if (inside) {
          mask(x, panel, column * window.dilation() - window.padding());
          copy(x.matrix().data(), from, memory, to, step, channels);
        } else {
          LaneCopy.zeroLines(memory, to, step, channels);
        }
      }
    }
  }

  /** Returns whether every column of a window sees all pixels of a panel. */
  private static boolean inner(Window window, FeatureMap x, int panel) {
    int pixel = panel * PANEL;
    int left = pixel % x.width();
    int right = left + PANEL - 1;
    int after = (window.size() - 1) * window.dilation() - window.padding();
    return left >= after && right < x.width() - window.padding() && pixel + PANEL <= x.pixels();
  }

  /** Masks the pixels of a panel that an output {@code across} columns before them sees. */
  private void mask(FeatureMap x, int panel, int across) {
    int pixel = panel * PANEL;
    int column = pixel % x.width() - across;
    int lanes = Math.min(PANEL, x.pixels() - pixel);
    for (int lane = 0; lane < lanes; lane++) {
      mask[lane] = column >= 0 && column < x.width() ? -1 : 0;
      column++;
      if (column + across == x.width()) {
        column = -across;
      }
    }
    Arrays.fill(mask, lanes, PANEL, 0);
  }

  private void copy(
      MemorySegment map, long from, MemorySegment memory, long to, long step, int channels) {
    MemorySegment xs = Memory.of(map);
    MemorySegment ys = Memory.of(memory);
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      IntVector valid = IntVector.fromArray(INTS, mask, lane);
      long x0 = (from + lane * Float.BYTES) & ADDRESS;
      long y0 = (to + lane * Float.BYTES) & ADDRESS;
      for (int c = 0; c < channels; c++) {
        loadInts(xs, x0 + (long) c * PANEL_BYTES)
            .and(exactInts(valid))
            .intoMemorySegment(ys, y0 + c * step, ORDER);
      }
    }
  }
}
