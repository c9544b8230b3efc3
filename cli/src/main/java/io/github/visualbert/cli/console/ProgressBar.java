package io.github.visualbert.cli.console;

import java.io.PrintWriter;

/** A progress bar for long work. Not thread-safe. */
public final class ProgressBar implements AutoCloseable {
  private static final int CELLS = 30;

  private final TerminalLine line;

  public ProgressBar(TerminalLine line) {
    this.line = line;
  }

  /** Returns a bar on standard error, which is drawn only on a terminal. */
  public static ProgressBar on(PrintWriter err) {
    return new ProgressBar(TerminalLine.on(err));
  }

  /**
   * Draws the bar, unless it was drawn a moment ago.
   *
   * @param done the share that is done, 0 to 1
   * @param what the work that is being done
   */
  public void show(double done, String what) {
    if (line.isDue()) {
      line.draw(
          "%s %d %% %s".formatted(TerminalLine.bar(done, CELLS), TerminalLine.percent(done), what));
    }
  }

  /** Erases the bar, so that something else can be printed; it may be shown again. */
  public void erase() {
    line.erase();
  }

  /** Erases the bar. */
  @Override
  public void close() {
    erase();
  }
}
