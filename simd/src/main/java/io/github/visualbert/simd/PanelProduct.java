package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET_BYTES;
import static io.github.visualbert.simd.Microkernels.ROWS;

import java.lang.foreign.MemorySegment;

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
  private MemorySegment w;
  private long wBegin;
  private long wRow;
  private MemorySegment x;
  private long xBegin;
  private long xPanel;
  private MemorySegment y;
  private long yBegin;
  private long yRow;
  private long yPanel;

  /**
   * Sets the rows that are broadcast: at byte {@code offset} of a segment, {@code row} bytes apart.
   */
  PanelProduct rows(MemorySegment segment, long offset, long row) {
    w = segment;
    wBegin = Memory.begin(segment) + offset;
    wRow = row;
    return this;
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
   * not have to start anew at every tile.
   *
   * @param k how many numbers a row of w has
   */
  void compute(int rows, int k, int begin, int end) {
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

  /** Computes six rows from {@code row}, {@code apart} from each other, of all octets. */
  private void tiles(int row, int apart, int k, int begin, int end) {
    for (int octet = begin; octet < end; ) {
      int width = width(octet, end);
      long lanes = (octet & 1) * OCTET_BYTES;
      tile(
          width,
          wBegin + row * wRow,
          apart * wRow,
          xBegin + (octet >> 1) * xPanel + lanes,
          k,
          yBegin + (octet >> 1) * yPanel + row * yRow + lanes,
          apart * yRow);
      octet += width;
    }
  }

  /** Returns how many octets the next tile takes. */
  private static int width(int octet, int end) {
    int left = (octet & 1) == 0 ? end - octet : 1;
    return switch (Lanes.BITS) {
      case 512 -> Math.min(left, 4);
      case 256 -> left == 3 ? 3 : Math.min(left, 2);
      default -> 1;
    };
  }

  private void tile(int width, long wAt, long wStep, long xAt, int k, long yAt, long yStep) {
    if (width * Lanes.OCTET == Microkernels.PAIR_LANES) {
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
    } else {
      Microkernels.lanes32(w, wAt, wStep, x, xAt, xPanel, k, y, yAt, yStep, yPanel);
    }
  }
}
