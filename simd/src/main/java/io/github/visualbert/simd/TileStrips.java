package io.github.visualbert.simd;

import static io.github.visualbert.kernel.WinogradTiles.OUTPUTS;
import static io.github.visualbert.simd.Lanes.INTS;
import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.VECTOR_BYTES;
import static io.github.visualbert.simd.Lanes.exactInts;
import static io.github.visualbert.simd.Lanes.loadInts;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.ORDER;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Moves one row of pixels of 16 Winograd tiles between a map and lines of 16 lanes, one lane for
 * each tile.
 *
 * <p>Between them is a strip: the pixels tile by tile, four for each, as they are side by side in
 * the map. Sixteen neighbours of a map straddle two panels, so two unaligned loads are masked and
 * joined; lines are every fourth number of a strip, which two selections of two vectors bring
 * together. Only numbers move, so the bits are those of copying lane by lane.
 *
 * <p>A strip has room for one vector before and after it. All addresses are those that {@link
 * Memory#begin} counts.
 */
final class TileStrips {
  /** Bytes from the strip of one channel to that of the next. */
  static final long STRIP_BYTES = (OUTPUTS + 2L) * PANEL_BYTES;

  private static final int HALF = LENGTH / 2;

  /** From two vectors of tiles: the first number of each, then the second of each. */
  private static final int[] FIRST_PAIR = indices(k -> k % HALF * OUTPUTS + k / HALF);

  /** From two vectors of tiles: the third number of each, then the fourth of each. */
  private static final int[] SECOND_PAIR = indices(k -> k % HALF * OUTPUTS + k / HALF + 2);

  /** The first halves of two vectors. */
  private static final int[] LOW = indices(k -> k % HALF + k / HALF * LENGTH);

  /** The second halves of two vectors. */
  private static final int[] HIGH = indices(k -> k % HALF + k / HALF * LENGTH + HALF);

  /** The reverse of both pairs: the first half of their tiles. */
  private static final int[] TILES_LOW = indices(k -> tile(k / OUTPUTS, k % OUTPUTS));

  /** The second half of their tiles. */
  private static final int[] TILES_HIGH =
      indices(k -> tile(k / OUTPUTS + LENGTH / OUTPUTS, k % OUTPUTS));

  /** From index PANEL - n on: -1 from lane n on. */
  private static final int[] FROM = halves(0, -1);

  /** From index PANEL - n on: -1 up to lane n. */
  private static final int[] UNTIL = halves(-1, 0);

  private TileStrips() {}

  private static int[] indices(IntUnaryOperator index) {
    int[] indices = new int[LENGTH];
    for (int k = 0; k < LENGTH; k++) {
      indices[k] = index.applyAsInt(k);
    }
    return indices;
  }

  private static int tile(int tile, int number) {
    return number % 2 * HALF + tile + number / 2 * LENGTH;
  }

  private static int[] halves(int before, int after) {
    int[] lanes = new int[2 * PANEL];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = i < PANEL ? before : after;
    }
    return lanes;
  }

  /**
   * Copies neighbours of every channel into one of the four panels of its strip: lanes {@code
   * begin} to {@code middle} from {@code left}, those to {@code end} from {@code right}.
   *
   * @param left where lane 0 would be; whole panels are loaded from there
   * @param right the same for the other lanes
   * @param strip the panel of the first channel's strip
   * @param add whether other lanes keep what they hold; otherwise they become zero
   */
  static void join(
      MemorySegment map,
      long left,
      long right,
      int begin,
      int middle,
      int end,
      MemorySegment strips,
      long strip,
      int channels,
      boolean add) {
    MemorySegment xs = Memory.of(map);
    MemorySegment ys = Memory.of(strips);
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      IntVector leftMask = edge(FROM, begin, lane).and(edge(UNTIL, middle, lane));
      IntVector rightMask = edge(FROM, middle, lane).and(edge(UNTIL, end, lane));
      IntVector kept =
          add ? edge(UNTIL, begin, lane).or(edge(FROM, end, lane)) : IntVector.zero(INTS);
      long l = (left + lane * Float.BYTES) & ADDRESS;
      long r = (right + lane * Float.BYTES) & ADDRESS;
      long y = (strip + lane * Float.BYTES) & ADDRESS;
      for (int c = 0; c < channels; c++) {
        long i = (long) c * PANEL_BYTES;
        long to = y + c * STRIP_BYTES;
        IntVector joined =
            loadInts(xs, l + i)
                .and(exactInts(leftMask))
                .or(loadInts(xs, r + i).and(exactInts(rightMask)));
        joined.or(loadInts(ys, to).and(exactInts(kept))).intoMemorySegment(ys, to, ORDER);
      }
    }
  }

  /**
   * Copies some lanes of one panel of every channel's strip into a panel of a map.
   *
   * @param strip the panel of the first channel's strip
   * @param to where lane 0 would be if all lanes were there
   */
  static void store(
      MemorySegment strips,
      long strip,
      int begin,
      int end,
      MemorySegment map,
      long to,
      int channels) {
    MemorySegment xs = Memory.of(strips);
    MemorySegment ys = Memory.of(map);
    long bits = (1L << end) - (1L << begin);
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      VectorMask<Float> mask = VectorMask.fromLong(Lanes.SPECIES, bits >> lane);
      long x = (strip + lane * Float.BYTES) & ADDRESS;
      long y = to + lane * Float.BYTES;
      for (int c = 0; c < channels; c++) {
        Lanes.load(xs, x + c * STRIP_BYTES)
            .intoMemorySegment(ys, y + (long) c * PANEL_BYTES, ORDER, mask);
      }
    }
  }

  /**
   * Takes strips apart: the four numbers of each tile, the one before and the one after, as six
   * lines for each channel.
   *
   * @param strips the first number of the first channel's strip
   * @param line bytes from one of the lines to the next; the next channel is a panel further
   * @param hasLeft -1 for each tile with a neighbour before it, 0 for one whose line gets 0
   * @param hasRight the same of the neighbour after it
   */
  static void spread(
      MemorySegment memory,
      long strips,
      long to,
      long line,
      int channels,
      int[] hasLeft,
      int[] hasRight) {
    MemorySegment xs = Memory.of(memory);
    IntVector firstPair = IntVector.fromArray(INTS, FIRST_PAIR, 0);
    IntVector secondPair = IntVector.fromArray(INTS, SECOND_PAIR, 0);
    IntVector low = IntVector.fromArray(INTS, LOW, 0);
    IntVector high = IntVector.fromArray(INTS, HIGH, 0);
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      IntVector leftMask = IntVector.fromArray(INTS, hasLeft, lane);
      IntVector rightMask = IntVector.fromArray(INTS, hasRight, lane);
      long x = (strips + (long) lane * OUTPUTS * Float.BYTES) & ADDRESS;
      long y = (to + lane * Float.BYTES) & ADDRESS;
      for (int c = 0; c < channels; c++) {
        long s = x + c * STRIP_BYTES;
        long t = y + (long) c * PANEL_BYTES;
        IntVector a = loadInts(xs, s);
        IntVector b = loadInts(xs, s + VECTOR_BYTES);
        IntVector e = loadInts(xs, s + 2L * VECTOR_BYTES);
        IntVector f = loadInts(xs, s + 3L * VECTOR_BYTES);
        IntVector first = select(firstPair, a, b);
        IntVector second = select(firstPair, e, f);
        select(low, first, second).intoMemorySegment(xs, t + line, ORDER);
        select(high, first, second).intoMemorySegment(xs, t + 2 * line, ORDER);
        first = select(secondPair, a, b);
        second = select(secondPair, e, f);
        select(low, first, second).intoMemorySegment(xs, t + 3 * line, ORDER);
        select(high, first, second).intoMemorySegment(xs, t + 4 * line, ORDER);
        long before = s - OUTPUTS * Float.BYTES;
        a = loadInts(xs, before);
        b = loadInts(xs, before + VECTOR_BYTES);
        e = loadInts(xs, before + 2L * VECTOR_BYTES);
        f = loadInts(xs, before + 3L * VECTOR_BYTES);
        select(high, select(secondPair, a, b), select(secondPair, e, f))
            .and(exactInts(leftMask))
            .intoMemorySegment(xs, t, ORDER);
        long after = s + OUTPUTS * Float.BYTES;
        a = loadInts(xs, after);
        b = loadInts(xs, after + VECTOR_BYTES);
        e = loadInts(xs, after + 2L * VECTOR_BYTES);
        f = loadInts(xs, after + 3L * VECTOR_BYTES);
        select(low, select(firstPair, a, b), select(firstPair, e, f))
            .and(exactInts(rightMask))
            .intoMemorySegment(xs, t + 5 * line, ORDER);
      }
    }
  }

  /** Puts strips together from four lines for each channel, the reverse of {@link #spread}. */
  static void collect(MemorySegment memory, long from, long line, long strips, int channels) {
    MemorySegment xs = Memory.of(memory);
    IntVector low = IntVector.fromArray(INTS, LOW, 0);
    IntVector high = IntVector.fromArray(INTS, HIGH, 0);
    IntVector tilesLow = IntVector.fromArray(INTS, TILES_LOW, 0);
    IntVector tilesHigh = IntVector.fromArray(INTS, TILES_HIGH, 0);
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      long x = (from + lane * Float.BYTES) & ADDRESS;
      long y = (strips + (long) lane * OUTPUTS * Float.BYTES) & ADDRESS;
      for (int c = 0; c < channels; c++) {
        long s = x + (long) c * PANEL_BYTES;
        long t = y + c * STRIP_BYTES;
        IntVector a = loadInts(xs, s);
        IntVector b = loadInts(xs, s + line);
        IntVector e = loadInts(xs, s + 2 * line);
        IntVector f = loadInts(xs, s + 3 * line);
        IntVector first = select(low, a, b);
        IntVector second = select(low, e, f);
        select(tilesLow, first, second).intoMemorySegment(xs, t, ORDER);
        select(tilesHigh, first, second).intoMemorySegment(xs, t + VECTOR_BYTES, ORDER);
        first = select(high, a, b);
        second = select(high, e, f);
        select(tilesLow, first, second).intoMemorySegment(xs, t + 2L * VECTOR_BYTES, ORDER);
        select(tilesHigh, first, second).intoMemorySegment(xs, t + 3L * VECTOR_BYTES, ORDER);
      }
    }
  }

  /**
   * Returns the mask {@link #FROM} or {@link #UNTIL} lane {@code at}, for lanes from {@code lane}
   * on.
   */
  private static IntVector edge(int[] edges, int at, int lane) {
    return exactInts(IntVector.fromArray(INTS, edges, PANEL - at + lane));
  }

  private static IntVector select(IntVector indices, IntVector a, IntVector b) {
    return exactInts(exactInts(indices).selectFrom(a, b));
  }
}
