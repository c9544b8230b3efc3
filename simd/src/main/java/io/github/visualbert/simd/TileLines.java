package io.github.visualbert.simd;

import static io.github.visualbert.kernel.WinogradTiles.INPUTS;
import static io.github.visualbert.kernel.WinogradTiles.OUTPUTS;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;

import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.Taps;
import io.github.visualbert.kernel.WinogradTiles;
import java.lang.foreign.MemorySegment;

/**
 * Gathers the inputs of a panel of Winograd tiles and stores their outputs, a row of pixels at a
 * time: a line of 16 lanes for each column of the tiles and each channel.
 *
 * <p>Three ways. Maps in STACKED order: lines are copied. Tiles of neighbouring pixels: strips
 * ({@link TileStrips}). Anything else, such as a dilation: lane by lane.
 *
 * <p>Not thread-safe; each worker has its own.
 */
final class TileLines {
  /** The most channels at a time. */
  static final int CHANNELS = 16;

  /** Bytes from one line to the next; those of the channels are side by side. */
  static final long LINE = (long) CHANNELS * PANEL_BYTES;

  /** Bytes of scratch that a worker needs. */
  static final long SCRATCH_BYTES = CHANNELS * TileStrips.STRIP_BYTES;

  private final int[] rows = new int[PANEL];
  private final int[] columns = new int[PANEL];
  private final int[] hasLeft = new int[PANEL];
  private final int[] hasRight = new int[PANEL];
  private WinogradTiles tiles;
  private FeatureMap x;
  private FeatureMap y;
  private boolean strips;
  private int panel;
  private MemorySegment scratch;
  private long strip; // the first number of the first channel's

  /**
   * Sets the maps, and the scratch memory: of the strips at byte {@code offset} of the segment that
   * lines are in, too.
   */
  void set(WinogradTiles tiles, FeatureMap x, FeatureMap y, MemorySegment scratch, long offset) {
    this.tiles = tiles;
    this.x = x;
    this.y = y;
    this.scratch = scratch;
    strips = tiles.neighbours() && Lanes.BITS >= 256;
    strip = Memory.begin(scratch) + offset + PANEL_BYTES;
  }

  /** Sets the panel of tiles whose lines are moved. */
  void panel(int panel) {
    this.panel = panel;
    if (!strips) {
      return;
    }
    for (int lane = 0; lane < PANEL; lane++) {
      rows[lane] = tiles.firstRow(panel, lane);
      columns[lane] = tiles.firstColumn(panel, lane);
      hasLeft[lane] = columns[lane] > 0 ? -1 : 0;
      hasRight[lane] = columns[lane] + OUTPUTS < x.width() ? -1 : 0;
    }
  }

  /**
   * Gathers row {@code i} of the tiles' inputs, padding as zeros: six lines from {@code to} on,
   * {@link #LINE} bytes apart.
   */
  void gather(int i, int channel, int channels, long to) {
    if (!strips) {
      for (int j = 0; j < INPUTS; j++) {
        gatherLanes(i * INPUTS + j, channel, channels, to + j * LINE);
      }
      return;
    }
    for (int quad = 0; quad < OUTPUTS; quad++) {
      gatherQuad(quad, i - 1, channel, channels);
    }
    gatherNeighbour(0, i - 1, -1, channel, channels);
    gatherNeighbour(PANEL - 1, i - 1, OUTPUTS, channel, channels);
    TileStrips.spread(scratch, strip, to, LINE, channels, hasLeft, hasRight);
  }

  /** Stores row {@code i} of the tiles' outputs: four lines from {@code from} on. */
  void store(int i, int channel, int channels, long from) {
    if (!strips) {
      for (int j = 0; j < OUTPUTS; j++) {
        storeLanes(i * OUTPUTS + j, channel, channels, from + j * LINE);
      }
      return;
    }
    TileStrips.collect(scratch, from, LINE, strip, channels);
    for (int quad = 0; quad < OUTPUTS; quad++) {
      storeQuad(quad, i, channel, channels);
    }
  }

  /** Gathers the pixels of four tiles, a panel of the strip. */
  private void gatherQuad(int quad, int i, int channel, int channels) {
    long to = strip + (long) quad * PANEL_BYTES;
    boolean empty = true;
    for (int tile = quad * OUTPUTS, next; tile < (quad + 1) * OUTPUTS; tile = next) {
      next = endOfRun(tile, (quad + 1) * OUTPUTS);
      if (hasRow(tile, i)) {
        gatherRun(
            pixel(tile, i),
            tile % OUTPUTS * OUTPUTS,
            pixels(tile, next),
            channel,
            channels,
            to,
            empty);
        empty = false;
      }
    }
    if (empty) {
      LaneCopy.zeroLines(scratch, to, TileStrips.STRIP_BYTES, channels);
    }
  }

  /** Gathers {@code count} neighbours into lanes from {@code begin} on. */
  private void gatherRun(
      int pixel, int begin, int count, int channel, int channels, long to, boolean first) {
    MemorySegment map = x.matrix().data();
    int middle = begin + Math.min(PANEL - pixel % PANEL, count);
    int end = begin + count;
    long left = address(x, pixel, channel) - (long) begin * Float.BYTES;
    long right =
        middle < end
            ? address(x, pixel + middle - begin, channel) - (long) middle * Float.BYTES
            : left;
    if (isReadable(left, channels)) {
      TileStrips.join(map, left, right, begin, middle, end, scratch, to, channels, !first);
      return;
    }
    if (first) {
      LaneCopy.zeroLines(scratch, to, TileStrips.STRIP_BYTES, channels);
    }
    for (int lane = begin; lane < end; lane++) {
      long from = address(x, pixel + lane - begin, channel);
      LaneCopy.lane(map, from, scratch, to + lane * Float.BYTES, TileStrips.STRIP_BYTES, channels);
    }
  }

  /** Returns whether whole panels can be loaded from there without leaving the map. */
  private boolean isReadable(long at, int channels) {
    MemorySegment map = x.matrix().data();
    long offset = at - Memory.begin(map);
    return offset >= 0 && offset + (long) channels * PANEL_BYTES <= map.byteSize();
  }

  /** Gathers the pixel beside the first or the last tile, into the strip's margin. */
  private void gatherNeighbour(int tile, int i, int column, int channel, int channels) {
    long to = strip + (long) (tile * OUTPUTS + column) * Float.BYTES;
    int at = columns[tile] + column;
    if (hasRow(tile, i) && at >= 0 && at < x.width()) {
      LaneCopy.lane(
          x.matrix().data(),
          address(x, pixel(tile, i) + column, channel),
          scratch,
          to,
          TileStrips.STRIP_BYTES,
          channels);
    } else {
      LaneCopy.zeroLane(scratch, to, TileStrips.STRIP_BYTES, channels);
    }
  }

  private void storeQuad(int quad, int i, int channel, int channels) {
    long from = strip + (long) quad * PANEL_BYTES;
    for (int tile = quad * OUTPUTS, next; tile < (quad + 1) * OUTPUTS; tile = next) {
      next = endOfRun(tile, (quad + 1) * OUTPUTS);
      if (hasRow(tile, i)) {
        int pixel = pixel(tile, i);
        int begin = tile % OUTPUTS * OUTPUTS;
        int end = begin + pixels(tile, next);
        int middle = Math.min(begin + PANEL - pixel % PANEL, end);
        storePiece(from, pixel, begin, middle, channel, channels);
        if (middle < end) {
          storePiece(from, pixel + middle - begin, middle, end, channel, channels);
        }
      }
    }
  }

  private void storePiece(long from, int pixel, int begin, int end, int channel, int channels) {
    long to = address(y, pixel, channel) - (long) begin * Float.BYTES;
    TileStrips.store(scratch, from, begin, end, y.matrix().data(), to, channels);
  }

  /** Returns the end of the tiles from {@code tile} on that are side by side in the map. */
  private int endOfRun(int tile, int end) {
    int next = tile + 1;
    while (next < end && rows[next] == rows[tile]) {
      next++;
    }
    return next;
  }

  private boolean hasRow(int tile, int i) {
    int row = rows[tile] + i;
    return rows[tile] != Taps.OUTSIDE && row >= 0 && row < x.height();
  }

  private int pixel(int tile, int i) {
    return (rows[tile] + i) * x.width() + columns[tile];
  }

  private int pixels(int tile, int next) {
    return Math.min((next - tile) * OUTPUTS, x.width() - columns[tile]);
  }

  private void gatherLanes(int position, int channel, int channels, long to) {
    if (x.order() == Order.STACKED) {
      int row = tiles.input(panel, 0, position);
      if (row == Taps.OUTSIDE) {
        LaneCopy.zeroLines(scratch, to, PANEL_BYTES, channels);
      } else {
        long from = address(x, row, channel);
        LaneCopy.lines(x.matrix().data(), from, PANEL_BYTES, scratch, to, PANEL_BYTES, channels);
      }
      return;
    }
    for (int lane = 0; lane < PANEL; lane++) {
      int row = tiles.input(panel, lane, position);
      long at = to + lane * Float.BYTES;
      if (row == Taps.OUTSIDE) {
        LaneCopy.zeroLane(scratch, at, PANEL_BYTES, channels);
      } else {
        long from = address(x, row, channel);
        LaneCopy.lane(x.matrix().data(), from, scratch, at, PANEL_BYTES, channels);
      }
    }
  }

  private void storeLanes(int position, int channel, int channels, long from) {
    if (y.order() == Order.STACKED) {
      int row = tiles.output(panel, 0, position);
      if (row != Taps.OUTSIDE) {
        long to = address(y, row, channel);
        LaneCopy.lines(scratch, from, PANEL_BYTES, y.matrix().data(), to, PANEL_BYTES, channels);
      }
      return;
    }
    for (int lane = 0; lane < PANEL; lane++) {
      int row = tiles.output(panel, lane, position);
      if (row != Taps.OUTSIDE) {
        long to = address(y, row, channel);
        long at = from + lane * Float.BYTES;
        LaneCopy.lane(scratch, at, y.matrix().data(), to, PANEL_BYTES, channels);
      }
    }
  }

  private static long address(FeatureMap map, int row, int channel) {
    return Memory.begin(map.matrix().data()) + map.matrix().index(row, channel) * Float.BYTES;
  }
}
