package io.github.visualbert.cli.console;

/**
 * Shows how many rows are answered, how fast, and how long the rest will take. Silent for the first
 * second. Not thread-safe.
 */
public final class RowProgress {
  private static final int CELLS = 30;
  private static final double SECOND = 1e9; // ns

  /** Shorter work needs no bar. */
  private static final double SILENT_SECONDS = 1;

  private final TerminalLine line;
  private final long start;

  /** Starts the clock. */
  public RowProgress(TerminalLine line) {
    this.line = line;
    this.start = line.nanoTime();
  }

  /**
   * Draws the bar, unless it was drawn a moment ago.
   *
   * @param rows how many rows are done
   * @param fraction the share of the input that is done, 0 to 1; NaN when unknown
   */
  public void show(long rows, double fraction) {
    double seconds = seconds();
    if (seconds < SILENT_SECONDS || !line.isDue()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    if (!Double.isNaN(fraction)) {
      text.append(TerminalLine.bar(fraction, CELLS)).append(' ');
      text.append(TerminalLine.percent(fraction)).append(" %  ");
    }
    text.append(rows).append(" rows  ").append(rate(rows, seconds)).append("/s");
    if (fraction > 0) {
      text.append("  ").append(time(seconds * (1 - fraction) / fraction)).append(" left");
    }
    line.draw(text.toString());
  }

  /** Erases the bar, so that a line can be printed there. */
  public void erase() {
    line.erase();
  }

  /** Returns the seconds since the start. */
  public double seconds() {
    return (line.nanoTime() - start) / SECOND;
  }

  /** Returns rows per second: an integer from 100 up, with one decimal below. */
  public static String rate(long rows, double seconds) {
    double rate = rows / Math.max(seconds, 1e-3);
    return rate >= 100
        ? Long.toString(Math.round(rate))
        : Double.toString(Math.round(rate * 10) / 10.0);
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    String hours = whole >= 3600 ? whole / 3600 + ":" : "";
    return hours + twoDigits(whole / 60 % 60) + ":" + twoDigits(whole % 60);
  }

  private static String twoDigits(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}
