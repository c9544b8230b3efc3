package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET_BYTES;
import static io.github.visualbert.simd.MicrokernelConstants.ROWS;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code y = w · x} for some rows of w and some octets of panels: the shape of every product in a
 * forward pass.
 *
 * <p>Splits it into the tiles of {@link Microkernels} that suit the vector width. The last tile of
 * rows may overlap the one before, which computes the same bits twice. If there are fewer rows than
 * a tile has, each is computed alone, as a tile of six times that row.
 *
 * <p>Not thread-safe; each worker has its own. Setters take the operands, so that {@link #compute}
 * has few arguments.
 */
final class PanelProduct {
  /** Octets in the widest tile. */
  static final int WIDEST = 4;

  /**
   * The most rows that are computed by fours, where there are no sixes: grouped convolutions have
   * 4, 8, 16 or 32. Of more rows, a tile that overlaps another is a small part.
   */
  private static final int MAX_BY_4 = 32;

  /** The smallest page size. */
  private static final int PAGE = 4096;

  /**
   * Whether a tile of 512-bit vectors takes no longer than one of as many 256-bit vectors. Then
   * whole panels are the best tiles: an octet more costs nothing.
   */
  static final boolean FULL_RATE_512 = Lanes.BITS == 512 && Processor.HERE.fullRate512();

  /**
   * Whether F32 weights are multiplied with whole panels in tiles of 8 rows. Of one panel these are
   * 8 sums, as many as two units with a latency of 4 cycles have under way; 6 leave a quarter idle.
   */
  private static final boolean BY_8 = FULL_RATE_512 && Memory.ABSOLUTE;

  /** The rows of w in one tile of whole panels: chunks of w are best a multiple of it. */
  static final int TILE_ROWS = BY_8 ? 8 : ROWS;

  private MemorySegment w;
  private long wBegin;
  private long wRow;

  /** Half-precision weights, or null. */
  private Tensor halves;

  private long halvesIndex;
  private MemorySegment widenedMemory;
  private long widenedBegin;

  /** Whether w is BF16 and not widened. */
  private boolean bf16;

  /** Whether tiles have 8 rows. */
  private boolean by8;

  /** Whether the next tile also widens the weights of the one after. */
  private boolean widening;

  private long wideningFrom;
  private long wideningTo;
  private MemorySegment x;
  private long xBegin;
  private long xPanel;
  private MemorySegment y;
  private long yBegin;
  private long yRow;
  private long yPanel;

  /** Returns one line about the tiles for this machine. */
  static String describe() {
    String rows =
        switch (Lanes.BITS) {
          case 512 -> FULL_RATE_512 ? "32 or 16" : "32, 24, 16 or 8";
          case 256 -> "24, 16 or 8";
          default -> "8";
        };
    String bf16 =
        Lanes.BITS < 256 || !Memory.ABSOLUTE
            ? "widened first"
            : Lanes.BITS == 512 && Processor.HERE.amd()
                ? "used in place"
                : "used in place for up to %d rows".formatted((WIDEST - 1) * Lanes.OCTET);
    return "tiles of %d output features by %s rows; BF16 weights are %s"
        .formatted(TILE_ROWS, rows, bf16);
  }

  /**
   * Returns an array with a slot for each worker, reusing {@code old} if it is long enough. Workers
   * fill their own slot.
   */
  static PanelProduct[] forWorkers(int workers, PanelProduct[] old) {
    return old.length >= workers ? old : Arrays.copyOf(old, workers);
  }

  /** Sets the rows of w: floats at byte {@code offset} of a segment, {@code row} bytes apart. */
  PanelProduct rows(MemorySegment segment, long offset, long row) {
    w = segment;
    wBegin = Memory.begin(segment) + offset;
    wRow = row;
    halves = null;
    bf16 = false;
    widening = false;
    return this;
  }

  /**
   * Sets half-precision rows of w: those of a tensor from element {@code index} on. Unless they are
   * multiplied as BF16, they are widened tile by tile, in a buffer of {@link #widenedBytes} at byte
   * {@code offset} of a segment.
   */
  PanelProduct halfPrecisionRows(Tensor tensor, long index, MemorySegment segment, long offset) {
    halves = tensor;
    halvesIndex = index;
    widenedMemory = segment;
    widenedBegin = offset;
    widening = false;
    return this;
  }

  /** Returns the size of the buffer for widened rows: two tiles. */
  static long widenedBytes(int k) {
    return 2L * ROWS * k * Float.BYTES;
  }

  /** Sets the panels of x: at byte {@code offset} of a segment, {@code panel} bytes apart. */
  PanelProduct panels(MemorySegment segment, long offset, long panel) {
    x = segment;
    xBegin = Memory.begin(segment) + offset;
    xPanel = panel;
    return this;
  }

  /**
   * Sets y: lane 0 of the first row and panel at byte {@code offset} of a segment, rows {@code row}
   * bytes and panels {@code panel} bytes apart.
   */
  PanelProduct into(MemorySegment segment, long offset, long row, long panel) {
    y = segment;
    yBegin = Memory.begin(segment) + offset;
    yRow = row;
    yPanel = panel;
    return this;
  }

  /**
   * Computes {@code rows} rows of y for the octets from {@code begin} to {@code end}, two octets to
   * a panel.
   *
   * <p>The six rows of a tile are a sixth of all rows apart, and the next tile takes the row after
   * each, so the hardware prefetcher sees six sequential streams; or eight of an eighth. Rows that
   * are widened are read as one stream.
   *
   * @param k the number of columns of w
   */
  void compute(int rows, int k, int begin, int end) {
    bf16 = halves != null && multipliesBf16(end - begin);
    by8 = BY_8 && halves == null && rows >= TILE_ROWS && ((begin | end) & 1) == 0;
    if (bf16) {
      w = halves.data();
      wRow = k * (long) Short.BYTES;
      wBegin = Memory.begin(w) + halvesIndex * Short.BYTES;
    } else if (halves != null) {
      computeWidened(rows, k, begin, end);
      return;
    }
    if (!bf16 && !by8 && rows <= MAX_BY_4 && rows % 4 == 0 && rows % ROWS != 0) {
      for (int r = 0; r < rows; r += 4) {
        tilesBy4(r, k, begin, end);
      }
      return;
    }
    int tileRows = by8 ? TILE_ROWS : ROWS;
    int apart = rows / tileRows;
    for (int r = 0; r < apart; r++) {
      tiles(r, apart, k, begin, end);
    }
    if (apart == 0) {
      for (int r = 0; r < rows; r++) {
        tiles(r, 0, k, begin, end);
      }
    } else if (apart * tileRows < rows) {
      tiles(rows - tileRows, 1, k, begin, end);
    }
  }

  /**
   * Returns whether to multiply BF16 rows without widening them first. Worth it for narrow tiles,
   * where a widened copy is used once. For wide ones only where the mask does not compete with the
   * FMA units (AMD; Intel's 512-bit ports do both) and does not make registers spill (256-bit
   * vectors).
   *
   * <p>The {@link Bf16Microkernels#BEFORE} bytes before the first row are readable unless it begins
   * a page.
   */
  private boolean multipliesBf16(int octets) {
    long first = halves.data().address() + halvesIndex * Short.BYTES;
    return halves.dtype() == DType.BF16
        && Memory.ABSOLUTE
        && Lanes.BITS >= 256
        && (first & PAGE - 1) >= Bf16Microkernels.BEFORE
        && (octets < WIDEST || Lanes.BITS == 512 && Processor.HERE.amd());
  }

  /**
   * Computes the same from half-precision rows that are widened tile by tile. The widest tile
   * widens the rows of the next one beside its products, which hides the time for memory and
   * conversion.
   */
  private void computeWidened(int rows, int k, int begin, int end) {
    boolean canWidenAhead = Lanes.BITS == 512 && end - (begin + 1 & ~1) >= WIDEST && k % 8 == 0;
    boolean widenedAhead = false;
    w = widenedMemory;
    wRow = k * (long) Float.BYTES;
    for (int row = 0; row < rows; row += ROWS) {
      int count = Math.min(ROWS, rows - row);
      long widened = widenedBegin + (row / ROWS & 1) * ROWS * wRow;
      long next = widenedBegin + (row / ROWS + 1 & 1) * ROWS * wRow;
      if (!widenedAhead) {
        HalfWeights.widen(halves, halvesIndex + row * (long) k, w, widened, count * (long) k);
      }
      widenedAhead = canWidenAhead && row + 2 * ROWS <= rows;
      if (widenedAhead) {
        widening = true;
        wideningFrom =
            Memory.begin(halves.data()) + (halvesIndex + (row + ROWS) * (long) k) * Short.BYTES;
        wideningTo = Memory.begin(w) + next;
      }
      wBegin = Memory.begin(w) + widened - row * wRow;
      if (count == ROWS) {
        tiles(row, 1, k, begin, end);
      } else {
        for (int r = row; r < rows; r++) {
          tiles(r, 0, k, begin, end);
        }
      }
    }
  }

  /** Computes a tile's rows from {@code row} on, {@code apart} from each other, for all octets. */
  private void tiles(int row, int apart, int k, int begin, int end) {
    for (int octet = begin; octet < end; ) {
      int width = width(octet, end);
      long lanes = (octet & 1) * OCTET_BYTES;
      long wAt = wBegin + row * wRow;
      long xAt = xBegin + (octet >> 1) * xPanel + lanes;
      long yAt = yBegin + (octet >> 1) * yPanel + row * yRow + lanes;
      if (bf16) {
        bf16Tile(width, wAt, apart * wRow, xAt, k, yAt, apart * yRow);
      } else {
        tile(width, wAt, apart * wRow, xAt, k, yAt, apart * yRow);
      }
      octet += width;
    }
  }

  /** Computes four rows for all octets; what is left beside the widest tiles as six rows. */
  private void tilesBy4(int row, int k, int begin, int end) {
    int octet = begin;
    if ((begin & 1) == 0) {
      boolean wide = Lanes.BITS == 512;
      int width = wide ? WIDEST : MicrokernelConstants.PAIR_LANES / Lanes.OCTET;
      long wAt = wBegin + row * wRow;
      for (; octet + width <= end; octet += width) {
        long lanes = (octet & 1) * OCTET_BYTES;
        long xAt = xBegin + (octet >> 1) * xPanel + lanes;
        long yAt = yBegin + (octet >> 1) * yPanel + row * yRow + lanes;
        if (wide) {
          Microkernels.lanes32By4(w, wAt, wRow, x, xAt, xPanel, k, y, yAt, yRow, yPanel);
        } else {
          Microkernels.pairBy4(w, wAt, wRow, x, xAt, xPanel, k, y, yAt, yRow, yPanel);
        }
      }
    }
    for (int r = row; r < row + 4 && octet < end; r++) {
      tiles(r, 0, k, octet, end);
    }
  }

  /** Returns the number of octets in the next tile. */
  private int width(int octet, int end) {
    int left = (octet & 1) == 0 ? end - octet : 1;
    return switch (Lanes.BITS) {
      case 512 -> Math.min(left, WIDEST);
      case 256 -> left == 3 ? 3 : bf16 ? 1 : Math.min(left, 2);
      default -> 1;
    };
  }

  private void tile(int width, long wAt, long wStep, long xAt, int k, long yAt, long yStep) {
    if (by8 && width == WIDEST) {
      Microkernels.lanes32By8(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (by8) {
      Microkernels.lanes16By8(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (width == 2 && FULL_RATE_512) {
      Microkernels.lanes16(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (width * Lanes.OCTET == MicrokernelConstants.PAIR_LANES) {
      Microkernels.pair(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (width == 1) {
      Microkernels.lanes8(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (width == 3 && Lanes.BITS == 256) {
      Microkernels.lanes24By3(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
      long half = ROWS / 2;
      Microkernels.lanes24By3(
          w, wAt + half * wStep, wStep, x, xAt, xPanel, k, y, yAt + half * yStep, yStep, yPanel);
    } else if (width == 3) {
      Microkernels.lanes24(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (!widening) {
      Microkernels.lanes32(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else {
      widening = false;
      boolean fromBf16 = halves.dtype() == DType.BF16;
      MemorySegment from = halves.data();
      Microkernels.lanes32Widening(
          w,
          wAt,
          wStep,
          x,
          xAt,
          xPanel,
          k,
          y,
          yAt,
          yStep,
          yPanel,
          fromBf16,
          from,
          wideningFrom,
          wideningTo);
    }
  }

  private void bf16Tile(int width, long wAt, long wStep, long xAt, int k, long yAt, long yStep) {
    if (width == 1) {
      Bf16Microkernels.lanes8(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (width == 2) {
      Bf16Microkernels.lanes16(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else if (width == 3 && Lanes.BITS == 256) {
      Bf16Microkernels.lanes24By3(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
      long half = ROWS / 2;
      Bf16Microkernels.lanes24By3(
          w, wAt + half * wStep, wStep, x, xAt, xPanel, k, y, yAt + half * yStep, yStep, yPanel);
    } else if (width == 3) {
      Bf16Microkernels.lanes24(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    } else {
      Bf16Microkernels.lanes32(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    }
  }
}
