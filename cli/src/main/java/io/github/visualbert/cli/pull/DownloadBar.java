package io.github.visualbert.cli.pull;

import io.github.visualbert.cli.console.ByteSize;
import io.github.visualbert.cli.console.TerminalLine;
import io.github.visualbert.cli.hub.Progress;
import java.util.Locale;

/** Shows how far a download has come, how fast, and how much longer it takes. Not thread-safe. */
final class DownloadBar implements Progress, AutoCloseable {
  private static final int LONGEST_NAME = 18;
  private static final int CELLS = 12;
  private static final long SECOND = 1_000_000_000L;

  /** The weight of the latest second in the moving average of the rate. */
  private static final double LATEST = 0.3;

  private final TerminalLine line;
  private String name = "";
  private long measuredAt;
  private long measured; // bytes present at that time
  private long started; // bytes present at the beginning
  private double rate; // bytes a second; 0 until there is one

  DownloadBar(TerminalLine line) {
    this.line = line;
  }

  @Override
  public void received(String file, long present, long size) {
    long now = line.nanoTime();
    boolean another = !file.equals(name) || present < measured;
    if (another) {
      name = file;
      rate = 0;
      started = present;
      measured = present;
    }
    if (measured == started) {
      measuredAt = now; // the time to the first byte does not count
      measured = present;
    }
    if (now - measuredAt >= SECOND) {
      double latest = (present - measured) * (double) SECOND / (now - measuredAt);
      rate = rate == 0 ? latest : LATEST * latest + (1 - LATEST) * rate;
      measuredAt = now;
      measured = present;
    }
    if (another || present == size || line.isDue()) {
      line.draw(text(present, size));
    }
  }

  @Override
  public void waiting(String why) {
    name = ""; // time spent waiting must not count in the rate
    line.draw(why);
  }

  private String text(long present, long size) {
    double share = size == 0 ? 1 : (double) present / size;
    String shortName =
        name.length() <= LONGEST_NAME
            ? name
            : "..." + name.substring(name.length() - LONGEST_NAME + 3);
    String text =
        "%-18s %s %3d %%  %s"
            .formatted(
                shortName,
                TerminalLine.bar(share, CELLS),
                TerminalLine.percent(share),
                ByteSize.text(present, size));
    if (rate <= 0) {
      return text;
    }
    long left = (long) ((size - present) / rate);
    return text + "  %s/s  %s".formatted(ByteSize.text((long) rate), duration(left));
  }

  private static String duration(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%d h %02d", seconds / 3600, seconds / 60 % 60);
  }

  /** Leaves the line empty. */
  @Override
  public void close() {
    line.erase();
  }
}
