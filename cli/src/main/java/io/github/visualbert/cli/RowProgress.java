package io.github.visualbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * One line on a terminal that shows how many rows are answered, how fast, and how long the rest
 * will take. Silent for the first second. Not thread-safe.
 */
final class RowProgress {
  private static final int WIDTH = 30;
  private static final long SECOND = 1_000_000_000L;
  private static final String ERASE = "\r\u001b[K";

  private final PrintWriter terminal;
  private final LongSupplier nanoTime;
  private final long start;
  private long drawnAt;
  private boolean drawn;

  /**
   * Makes a bar that is drawn at once as work goes on.
   *
   * @param terminal where to draw; null for nowhere
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  RowProgress(PrintWriter terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.drawnAt = start + SECOND * 9 / 10;
  }

  /** Returns whether someone looks at standard error. */
  static boolean isTerminal() {
    if (System.console() == null || !System.console().isTerminal()) {
      return false; // input or output is a pipe or a file
    }
    Path err = Path.of("/proc/self/fd/2");
    try {
      return !Files.isSymbolicLink(err)
          || Files.readSymbolicLink(err).toString().matches("/dev/(pts/|tty|console).*");
    } catch (IOException _) {
      return true;
    }
  }

  /**
   * Draws the bar, ten times a second at most.
   *
   * @param rows how many rows are done
   * @param fraction how much of all that is, 0 to 1; NaN when unknown
   */
  void show(long rows, double fraction) {
    long now = nanoTime.getAsLong();
    if (terminal == null || now - drawnAt < SECOND / 10) {
      return;
    }
    drawnAt = now;
    drawn = true;
    StringBuilder line = new StringBuilder(ERASE);
    if (!Double.isNaN(fraction)) {
      int filled = (int) (fraction * WIDTH);
      line.append('[').repeat('#', filled).repeat('.', WIDTH - filled).append("] ");
      line.append((int) (fraction * 100)).append("%  ");
    }
    double seconds = (now - start) / (double) SECOND;
    line.append(rows).append(" rows  ").append(rate(rows, seconds)).append("/s");
    if (fraction > 0) {
      line.append("  ").append(time(seconds * (1 - fraction) / fraction)).append(" left");
    }
    terminal.print(line);
    terminal.flush();
  }

  /** Wipes the bar off the terminal, so that a line can be printed there. */
  void erase() {
    if (drawn) {
      terminal.print(ERASE);
      terminal.flush();
      drawn = false;
    }
  }

  /** Returns the seconds since the start. */
  double seconds() {
    return (nanoTime.getAsLong() - start) / (double) SECOND;
  }

  /** Returns rows a second: whole ones, or with a decimal where there are few. */
  static String rate(long rows, double seconds) {
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
