package io.github.visualbert.text;

import java.util.Arrays;

/**
 * A run of combining marks that are kept when accents are stripped, to be put into canonical order.
 *
 * <p>Decomposition orders the marks behind a letter by their combining class. Nearly all of them
 * are nonspacing and dropped afterwards; for the rest (Indic viramas, musical stems, marks younger
 * than the reference's table) the order still shows in the result. A run is sorted, not inserted
 * mark by mark, so that a text of nothing but marks takes no longer than another.
 */
final class MarkOrder {
  private static final int INDEX_BITS = 32;

  private int[] codePoints = new int[4];
  private int[] origins = new int[4];
  private int count;

  void add(int codePoint, int origin) {
    if (count == codePoints.length) {
      codePoints = Arrays.copyOf(codePoints, 2 * count);
      origins = Arrays.copyOf(origins, 2 * count);
    }
    codePoints[count] = codePoint;
    origins[count++] = origin;
  }

  /** Ends the run: appends its marks to the text, those of equal class in the order of the text. */
  void flush(NormalizedText to) {
    if (count == 0) {
      return;
    }
    long[] order = new long[count];
    for (int i = 0; i < count; i++) {
      order[i] = (long) CodePoints.TABLE.combiningClass(codePoints[i]) << INDEX_BITS | i;
    }
    Arrays.sort(order);
    for (long entry : order) {
      int i = (int) entry;
      to.append(codePoints[i], origins[i]);
    }
    count = 0;
  }
}
