package io.github.visualbert.cli.console;

import java.util.Locale;

/** Formats numbers of bytes for people, in powers of a thousand. */
public final class ByteSize {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private ByteSize() {}

  /** Returns {@code 783 B}, {@code 1.2 kB}, {@code 447.6 MB}. */
  public static String text(long bytes) {
    int unit = unit(bytes);
    return number(bytes, unit) + " " + UNITS[unit];
  }

  /** Returns {@code 201.3 of 447.6 MB}. */
  public static String text(long part, long whole) {
    int unit = unit(whole);
    return number(part, unit) + " of " + number(whole, unit) + " " + UNITS[unit];
  }

  private static int unit(long bytes) {
    int unit = 0;
    // A number that would round to 1000.0 is shown in the next unit.
    for (double rest = bytes; rest >= (unit == 0 ? 1000 : 999.95) && unit < UNITS.length - 1; ) {
      rest /= 1000;
      unit++;
    }
    return unit;
  }

  private static String number(long bytes, int unit) {
    return unit == 0
        ? Long.toString(bytes)
        : String.format(Locale.ROOT, "%.1f", bytes / Math.pow(1000, unit));
  }
}
