package io.github.visualbert.cli;

import io.github.visualbert.cli.hub.Progress;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One line on a terminal that says how far a download has come, how fast, and how much longer it
 * takes. Not thread-safe.
 */
final class DownloadBar implements Progress, AutoCloseable {
  private static final int COLUMNS = 79; // the eightieth would wrap on some terminals
  private static final int LONGEST_NAME = 18;
  private static final int CELLS = 12;
  private static final long SECOND = 1_000_000_000L;
  private static final long BETWEEN_DRAWINGS = SECOND / 8;

  /**
   * The share of the latest second in the rate that is shown: it should settle, and still follow.
   */
  private static final double LATEST = 0.3;

  private final PrintWriter terminal;
  private final LongSupplier nanoTime;
  private String name = "";
  private long drawnAt;
  private long measuredAt;
  private long measured; // bytes that were there at that time
  private long started; // bytes that were there at the beginning
  private double rate; // bytes a second; 0 until there is one
  private int width; // of what stands on the line

  DownloadBar(PrintWriter terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  /** Returns a bar where someone sees it: a pipe or a file gets none. */
  static Optional<DownloadBar> onTerminal(PrintWriter err) {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"))
        ? Optional.of(new DownloadBar(err, System::nanoTime))
        : Optional.empty();
  }

  @Override
  public void received(String file, long present, long size) {
    long now = nanoTime.getAsLong();
    if (!file.equals(name) || present < measured) {
      name = file;
      rate = 0;
      started = present;
      measured = present;
      drawnAt = now - BETWEEN_DRAWINGS;
    }
    if (measured == started) {
      measuredAt = now; // the time until the first bytes says nothing of the rate
      measured = present;
    }
    if (now - measuredAt >= SECOND) {
      double latest = (present - measured) * (double) SECOND / (now - measuredAt);
      rate = rate == 0 ? latest : LATEST * latest + (1 - LATEST) * rate;
      measuredAt = now;
      measured = present;
    }
    if (now - drawnAt >= BETWEEN_DRAWINGS || present == size) {
      drawnAt = now;
      draw(line(present, size));
    }
  }

  @Override
  public void waiting(String why) {
    name = ""; // its rate is none of the time spent waiting
    draw(why);
  }

  private String line(long present, long size) {
    double share = size == 0 ? 1 : (double) present / size;
    int cells = (int) (share * CELLS);
    String shortName =
        name.length() <= LONGEST_NAME
            ? name
            : "..." + name.substring(name.length() - LONGEST_NAME + 3);
    String line =
        "%-18s [%s%s] %3d %%  %s"
            .formatted(
                shortName,
                "=".repeat(cells),
                " ".repeat(CELLS - cells),
                (int) (share * 100),
                ByteSize.text(present, size));
    if (rate <= 0) {
      return line;
    }
    long left = (long) ((size - present) / rate);
    return line + "  %s/s  %s".formatted(ByteSize.text((long) rate), duration(left));
  }

  private static String duration(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%d h %02d", seconds / 3600, seconds / 60 % 60);
  }

  private void draw(String text) {
    String shown = text.length() <= COLUMNS ? text : text.substring(0, COLUMNS - 3) + "...";
    terminal.print("\r" + shown + " ".repeat(Math.max(0, width - shown.length())));
    terminal.flush();
    width = shown.length();
  }

  /** Leaves the line empty. */
  @Override
  public void close() {
    if (width > 0) {
      draw("");
      terminal.print("\r");
      terminal.flush();
    }
  }
}
