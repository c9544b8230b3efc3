package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.VECTOR_BYTES;
import static io.github.visualbert.simd.Lanes.exactInts;
import static io.github.visualbert.simd.Lanes.loadInts;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.Taps;
import io.github.visualbert.kernel.Window;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/**
 * Gathers what lies under the window of a panel of outputs, as the panel that a product reads: row
 * {@code channel * taps + tap}, 16 lanes.
 *
 * <p>Three ways, by what the 16 pixels under a tap are. Whole panels in STACKED order: lines are
 * copied. Sixteen neighbours, where the map keeps its size: they straddle two panels, so two
 * unaligned loads are masked and joined. Anything else, such as a stride: lane by lane.
 *
 * <p>Not thread-safe; each worker has its own.
 */
final class WindowGather {
  /** Bytes of scratch that a worker needs: the masks of two panels. */
  static final long MASK_BYTES = 2 * PANEL_BYTES;

  private final int[] pixels = new int[PANEL];
  private Window window;
  private FeatureMap x;
  private FeatureMap y;
  private int channels;
  private MemorySegment to;
  private long toBegin;
  private MemorySegment masks;
  private long masksBegin;

  /** Sets what to gather: all channels of x for outputs y. */
  WindowGather from(Window window, FeatureMap x, FeatureMap y) {
    this.window = window;
    this.x = x;
    this.y = y;
    channels = x.channels();
    return this;
  }

  /** Sets where to: panels of {@code channels * taps} rows at byte {@code offset} of a segment. */
  WindowGather into(MemorySegment segment, long offset) {
    to = segment;
    toBegin = Memory.begin(segment) + offset;
    return this;
  }

  /** Sets {@link #MASK_BYTES} of scratch at byte {@code offset} of a segment. */
  WindowGather masks(MemorySegment segment, long offset) {
    masks = segment;
    masksBegin = Memory.begin(segment) + offset;
    return this;
  }

  /** Gathers one panel of outputs, padding as zeros, as the {@code index}-th panel. */
  void gather(int panel, int index) {
    int taps = window.taps();
    long panelBytes = (long) channels * taps * PANEL_BYTES;
    long step = taps * (long) PANEL_BYTES;
    boolean keepsSize = window.stride() == 1 && x.width() == y.width() && x.height() == y.height();
    for (int tap = 0; tap < taps; tap++) {
      Taps.find(window, x, y, panel, tap, pixels);
      long at = toBegin + index * panelBytes + tap * (long) PANEL_BYTES;
      if (x.order() == Order.STACKED) {
        if (pixels[0] == Taps.OUTSIDE) {
          LaneCopy.zeroLines(to, at, step, channels);
        } else {
          long from = panelBegin(panel / y.pixels() * x.pixels() + pixels[0]);
          LaneCopy.lines(x.matrix().data(), from, PANEL_BYTES, to, at, step, channels);
        }
      } else if (!keepsSize || !neighbours(panel, tap, at, step)) {
        for (int lane = 0; lane < PANEL; lane++) {
          lane(pixels[lane], at + lane * Float.BYTES, step);
        }
      }
    }
  }

  private long panelBegin(int panel) {
    return Memory.begin(x.matrix().data()) + (long) panel * channels * PANEL_BYTES;
  }

  /** Gathers 16 neighbours; returns false if a load would leave the map. */
  private boolean neighbours(int panel, int tap, long at, long step) {
    int down = tap / window.size() * window.dilation() - window.padding();
    int across = tap % window.size() * window.dilation() - window.padding();
    int first = panel * PANEL + down * x.width() + across;
    int left = Math.floorDiv(first, PANEL);
    int shift = Math.floorMod(first, PANEL);
    int panels = x.matrix().panels();
    if (left + 1 < 0 || left >= panels) {
      LaneCopy.zeroLines(to, at, step, channels);
      return true;
    }
    if (left < 0 || left + 1 >= panels) {
      return false;
    }
    MemorySegment mask = Memory.of(masks);
    for (int lane = 0; lane < PANEL; lane++) {
      int valid = pixels[lane] == Taps.OUTSIDE ? 0 : -1;
      boolean isLeft = shift + lane < PANEL;
      long i = masksBegin + lane * Integer.BYTES;
      mask.set(FLOAT, i, Float.intBitsToFloat(isLeft ? valid : 0));
      mask.set(FLOAT, i + PANEL_BYTES, Float.intBitsToFloat(isLeft ? 0 : valid));
    }
    long leftBegin = panelBegin(left) + shift * Float.BYTES;
    long rightBegin = panelBegin(left + 1) - (PANEL - shift) * Float.BYTES;
    for (int v = 0; v < PANEL / LENGTH; v++) {
      long vector = (long) v * VECTOR_BYTES;
      join(leftBegin + vector, rightBegin + vector, masksBegin + vector, at + vector, step);
    }
    return true;
  }

  private void join(long left, long right, long maskAt, long at, long step) {
    MemorySegment xs = Memory.of(x.matrix().data());
    MemorySegment ys = Memory.of(to);
    MemorySegment mask = Memory.of(masks);
    IntVector leftMask = loadInts(mask, maskAt & ADDRESS);
    IntVector rightMask = loadInts(mask, (maskAt + PANEL_BYTES) & ADDRESS);
    long l = left & ADDRESS;
    long r = right & ADDRESS;
    long y0 = at & ADDRESS;
    for (int c = 0; c < channels; c++) {
      long i = (long) c * PANEL_BYTES;
      loadInts(xs, l + i)
          .and(exactInts(leftMask))
          .or(loadInts(xs, r + i).and(exactInts(rightMask)))
          .intoMemorySegment(ys, y0 + c * step, ORDER);
    }
  }

  private void lane(int pixel, long at, long step) {
    if (pixel == Taps.OUTSIDE) {
      LaneCopy.zeroLane(to, at, step, channels);
    } else {
      long from = panelBegin(pixel / PANEL) + pixel % PANEL * Float.BYTES;
      LaneCopy.lane(x.matrix().data(), from, to, at, step, channels);
    }
  }
}
