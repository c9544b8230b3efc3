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
 * <p>Cuts it into the {@link Microkernels} that this vector width has. The last tile of rows
 * overlaps the one before, which gives the same bits twice; where there are fewer rows than a tile
 * has, each is computed alone, as six times the same row.
 *
 * <p>One worker owns one of these at a time; setters say what the operands are, so that a product
 * is a call with few arguments.
 */
final class PanelProduct {
  /** Octets of the widest tile. */
  static final int WIDEST = 4;

  private static final int LEAST_PAGE = 4096;

  private MemorySegment w;
  private long wBegin;
  private long wRow;

  /** Half-size weights, or null. */
  private Tensor halves;

  private long halvesIndex;
  private MemorySegment copyMemory;
  private long copies;

  /** Whether w are BF16 numbers. */
  private boolean bf16;

  /** Whether the next tile widens the weights of the one after. */
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

  /**
   * Returns an array with a place for each worker, who fills it itself: the given one if it does.
   */
  static PanelProduct[] forWorkers(int workers, PanelProduct[] old) {
    return old.length >= workers ? old : Arrays.copyOf(old, workers);
  }

  /**
   * Sets the rows that are broadcast: at byte {@code offset} of a segment, {@code row} bytes apart.
   */
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
   * Sets rows that are half-size: those of a tensor from element {@code index}, one after the
   * other. Where they are not used as they are, they become floats tile by tile, in two tiles' room
   * at byte {@code offset} of a segment.
   */
  PanelProduct halfRows(Tensor tensor, long index, MemorySegment segment, long offset) {
    halves = tensor;
    halvesIndex = index;
    copyMemory = segment;
    copies = offset;
    widening = false;
    return this;
  }

  /** Returns how many bytes of room {@link #halfRows} needs. */
  static long copyBytes(int k) {
    return 2L * ROWS * k * Float.BYTES;
  }

  /** Sets the panels: at byte {@code offset} of a segment, {@code panel} bytes apart. */
  PanelProduct panels(MemorySegment segment, long offset, long panel) {
    x = segment;
    xBegin = Memory.begin(segment) + offset;
    xPanel = panel;
    return this;
  }

  /**
   * Sets the result: lane 0 of the first panel and row at byte {@code offset}; rows and panels so
   * many bytes apart.
   */
  PanelProduct into(MemorySegment segment, long offset, long row, long panel) {
    y = segment;
    yBegin = Memory.begin(segment) + offset;
    yRow = row;
    yPanel = panel;
    return this;
  }

  /**
   * Computes {@code rows} rows of all octets from {@code begin} to {@code end}, two to a panel.
   *
   * <p>The rows of one tile are a sixth of all apart, and the next tile takes the row after each:
   * so six streams run through memory without a break, and what fetches ahead in the processor does
   * not have to start anew at every tile. Half-size rows that are copied run through it in one
   * stream.
   *
   * @param k how many numbers a row of w has
   */
  void compute(int rows, int k, int begin, int end) {
    bf16 = halves != null && asTheyAre(end - begin);
    if (bf16) {
      w = halves.data();
      wRow = k * (long) Short.BYTES;
      wBegin = Memory.begin(w) + halvesIndex * Short.BYTES;
    } else if (halves != null) {
      computeCopies(rows, k, begin, end);
      return;
    }
    int apart = rows / ROWS;
    for (int r = 0; r < apart; r++) {
      tiles(r, apart, k, begin, end);
    }
    if (apart == 0) {
      for (int r = 0; r < rows; r++) {
        tiles(r, 0, k, begin, end);
      }
    } else if (apart * ROWS < rows) {
      tiles(rows - ROWS, 1, k, begin, end);
    }
  }

  /**
   * Whether half-size rows can meet {@code octets} of panels as they are, and are faster so: few
   * octets are, as copies would serve them only once. Many are where the mask for each weight does
   * not take the place of a product: AMD's processors have units to spare for it, while Intel's use
   * the same for both when vectors have 512 bits; and 16 registers are too few for it in a wide
   * tile.
   *
   * <p>{@link Bf16Microkernels#BEFORE Bytes before the first row} are there where it does not begin
   * a page.
   */
  private boolean asTheyAre(int octets) {
    long first = halves.data().address() + halvesIndex * Short.BYTES;
    return halves.dtype() == DType.BF16
        && Memory.ABSOLUTE
        && Lanes.BITS >= 256
        && (first & LEAST_PAGE - 1) >= Bf16Microkernels.BEFORE
        && (octets < WIDEST || Lanes.BITS == 512 && Processor.AMD);
  }

  /**
   * The same tile by tile from copies of half-size rows. The widest tile makes the next copy beside
   * its products, so that neither memory nor conversion is waited for.
   */
  private void computeCopies(int rows, int k, int begin, int end) {
    boolean ahead = Lanes.BITS == 512 && end - (begin + 1 & ~1) >= WIDEST && k % 8 == 0;
    boolean copied = false;
    w = copyMemory;
    wRow = k * (long) Float.BYTES;
    for (int row = 0; row < rows; row += ROWS) {
      int count = Math.min(ROWS, rows - row);
      long copy = copies + (row / ROWS & 1) * ROWS * wRow;
      long other = copies + (row / ROWS + 1 & 1) * ROWS * wRow;
      if (!copied) {
        HalfWeights.widen(halves, halvesIndex + row * (long) k, w, copy, count * (long) k);
      }
      copied = ahead && row + 2 * ROWS <= rows;
      if (copied) {
        widening = true;
        wideningFrom =
            Memory.begin(halves.data()) + (halvesIndex + (row + ROWS) * (long) k) * Short.BYTES;
        wideningTo = Memory.begin(w) + other;
      }
      wBegin = Memory.begin(w) + copy - row * wRow;
      if (count == ROWS) {
        tiles(row, 1, k, begin, end);
      } else {
        for (int r = row; r < rows; r++) {
          tiles(r, 0, k, begin, end);
        }
      }
    }
  }

  /** Computes six rows from {@code row}, {@code apart} from each other, of all octets. */
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

  /** Returns how many octets the next tile takes. */
  private int width(int octet, int end) {
    int left = (octet & 1) == 0 ? end - octet : 1;
    return switch (Lanes.BITS) {
      case 512 -> Math.min(left, WIDEST);
      case 256 -> left == 3 ? 3 : bf16 ? 1 : Math.min(left, 2);
      default -> 1;
    };
  }

  private void tile(int width, long wAt, long wStep, long xAt, int k, long yAt, long yStep) {
    if (width * Lanes.OCTET == MicrokernelConstants.PAIR_LANES) {
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
      boolean brain = halves.dtype() == DType.BF16;
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
          brain,
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
