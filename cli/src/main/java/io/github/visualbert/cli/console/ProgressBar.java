package io.github.visualbert.cli.console;

import java.io.PrintWriter;

/** A bar that shows how much of long work is done. Not thread-safe. */
public final class ProgressBar implements AutoCloseable {
  private static final int CELLS = 30;

  private final TerminalLine line;

  public ProgressBar(TerminalLine line) {
    this.line = line;
  }

  /** Returns a bar on standard error, if a person sees it. */
  public static ProgressBar on(PrintWriter err) {
    return new ProgressBar(TerminalLine.on(err));
  }

  /**
   * Draws the bar, unless it was drawn a moment ago.
   *
   * @param done the share that is done, 0 to 1
   * @param what is being done
   */
  public void show(double done, String what) {
    if (line.isDue()) {
      line.draw(
          "%s %d %% %s".formatted(TerminalLine.bar(done, CELLS), TerminalLine.percent(done), what));
    }
  }

  /** Wipes the bar away. */
  @Override
  public void close() {
    line.erase();
  }
}
