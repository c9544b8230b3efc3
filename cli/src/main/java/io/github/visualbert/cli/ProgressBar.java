package io.github.visualbert.cli;

import java.io.PrintWriter;

/**
 * A line on a terminal that says how far long work has come; nothing where there is no terminal.
 *
 * <p>Not thread-safe.
 */
final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long BETWEEN_DRAWINGS = 100_000_000; // ns
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean shown;
  private long drawn;

  private ProgressBar(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
    this.drawn = System.nanoTime() - BETWEEN_DRAWINGS;
  }

  /** Returns a bar on standard error if both ends of the program are a terminal. */
  static ProgressBar on(PrintWriter err) {
    return new ProgressBar(err, System.console() != null && System.console().isTerminal());
  }

  /** Returns a bar that is always drawn. */
  static ProgressBar always(PrintWriter err) {
    return new ProgressBar(err, true);
  }

  /**
   * Draws the bar, unless it was drawn a moment ago.
   *
   * @param done the share that is done, 0 to 1
   * @param what is being done
   */
  void show(double done, String what) {
    if (!shown || System.nanoTime() - drawn < BETWEEN_DRAWINGS) {
      return;
    }
    drawn = System.nanoTime();
    double share = Math.clamp(done, 0, 1);
    int full = (int) (share * WIDTH);
    err.print(
        CLEAR_LINE
            + "["
            + "#".repeat(full)
            + " ".repeat(WIDTH - full)
            + "] "
            + (int) (100 * share)
            + " % "
            + what);
    err.flush();
  }

  /** Wipes the bar away. */
  @Override
  public void close() {
    if (shown) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }
}
