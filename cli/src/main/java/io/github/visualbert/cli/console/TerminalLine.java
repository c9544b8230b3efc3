package io.github.visualbert.cli.console;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * The line of a terminal on which progress is redrawn; without a terminal, nothing is drawn. Not
 * thread-safe.
 */
public final class TerminalLine {
  private static final String CLEAR = "\r\u001b[K";
  private static final int COLUMNS = 79; // the eightieth would wrap on some terminals
  private static final long BETWEEN_DRAWINGS = 100_000_000; // ns

  private final PrintWriter terminal;
  private final LongSupplier clock;
  private long drawnAt;
  private boolean drawn;

  /**
   * Makes an empty line.
   *
   * @param terminal where to draw; null to draw nothing
   * @param clock as {@link System#nanoTime}
   */
  public TerminalLine(PrintWriter terminal, LongSupplier clock) {
    this.terminal = terminal;
    this.clock = clock;
    this.drawnAt = clock.getAsLong() - BETWEEN_DRAWINGS;
  }

  /** Returns a line on standard error, which is drawn only if all streams are a terminal. */
  public static TerminalLine on(PrintWriter err) {
    return new TerminalLine(isTerminal() ? err : null, System::nanoTime);
  }

  private static boolean isTerminal() {
    if (System.console() == null
        || !System.console().isTerminal() // input or output is a pipe or a file
        || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    Path err = Path.of("/proc/self/fd/2");
    try {
      return !Files.isSymbolicLink(err)
          || Files.readSymbolicLink(err).toString().matches("/dev/(pts/|tty|console).*");
    } catch (IOException _) {
      return true;
    }
  }

  /** Returns whether there is a terminal. */
  public boolean isShown() {
    return terminal != null;
  }

  /** Returns whether the line may be redrawn, which it is at most ten times a second. */
  public boolean isDue() {
    return isShown() && nanoTime() - drawnAt >= BETWEEN_DRAWINGS;
  }

  public long nanoTime() {
    return clock.getAsLong();
  }

  /** Replaces the text of the line. */
  public void draw(String text) {
    if (!isShown()) {
      return;
    }
    drawnAt = nanoTime();
    drawn = true;
    terminal.print(CLEAR);
    terminal.print(text.length() <= COLUMNS ? text : text.substring(0, COLUMNS - 3) + "...");
    terminal.flush();
  }

  /** Erases the text, so that a line can be printed there. */
  public void erase() {
    if (drawn) {
      drawn = false;
      terminal.print(CLEAR);
      terminal.flush();
    }
  }

  /** Returns a bar of {@code cells} cells, filled to {@code share}, 0 to 1. */
  public static String bar(double share, int cells) {
    int full = (int) (Math.clamp(share, 0, 1) * cells);
    return "[" + "#".repeat(full) + ".".repeat(cells - full) + "]";
  }

  /** Returns a share, 0 to 1, as a whole percentage. */
  public static int percent(double share) {
    return (int) (Math.clamp(share, 0, 1) * 100);
  }
}
