package io.github.visualbert.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RowProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final StringWriter terminal = new StringWriter();
  private long now = 5;
  private final RowProgress bar =
      new RowProgress(new TerminalLine(new PrintWriter(terminal), () -> now));

  private String shown(double seconds, long rows, double fraction) {
    terminal.getBuffer().setLength(0);
    now = 5 + (long) (seconds * SECOND);
    bar.show(rows, fraction);
    return terminal.toString().replace("\r\u001b[K", "");
  }

  @Test
  void showsRateAndTimeLeft() {
    assertThat(shown(0.9, 100, 0.1)).as("silent for the first second").isEmpty();
    assertThat(shown(2, 300, 0.25))
        .isEqualTo("[#######.......................] 25 %  300 rows  150/s  00:06 left");
    assertThat(shown(2.05, 301, 0.25)).as("drawn at most ten times a second").isEmpty();
    assertThat(shown(10, 305, 0.001))
        .isEqualTo("[..............................] 0 %  305 rows  30.5/s  2:46:30 left");
    assertThat(shown(11, 305, 1))
        .isEqualTo("[##############################] 100 %  305 rows  27.7/s  00:00 left");
    assertThat(shown(12, 1200, Double.NaN)).isEqualTo("1200 rows  100/s");
  }

  @Test
  void isErasedForOtherLines() {
    bar.erase();
    assertThat(terminal.toString()).isEmpty();
    shown(2, 1, 0.5);
    terminal.getBuffer().setLength(0);
    bar.erase();
    bar.erase();
    assertThat(terminal.toString()).isEqualTo("\r\u001b[K");
  }

  @Test
  void isSilentInAPipe() {
    RowProgress piped = new RowProgress(new TerminalLine(null, () -> now));
    now += 100 * SECOND;
    piped.show(10, 0.5);
    piped.erase();
    assertThat(piped.seconds()).isEqualTo(100);
  }
}
