package io.github.visualbert.cli.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.TerminalLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class DownloadBarTest {
  private static final String CLEAR = "\r\u001b[K";

  private static final long SIZE = 447_600_000;

  private final StringWriter terminal = new StringWriter();
  private long milliseconds;
  private final DownloadBar bar =
      new DownloadBar(new TerminalLine(new PrintWriter(terminal), () -> milliseconds * 1_000_000));

  /** Returns the text on the line. */
  private String line() {
    String text = terminal.toString();
    return text.substring(text.lastIndexOf(CLEAR) + CLEAR.length());
  }

  @Test
  void saysHowFarHowFastAndHowLong() {
    bar.received("pytorch_model.bin", 0, SIZE);
    assertThat(line()).isEqualTo("pytorch_model.bin  [............]   0 %  0.0 of 447.6 MB");
    milliseconds = 5000; // a slow start
    bar.received("pytorch_model.bin", 0, SIZE);
    bar.received("pytorch_model.bin", 100, SIZE);
    milliseconds = 7000;
    bar.received("pytorch_model.bin", SIZE / 2, SIZE);
    assertThat(line())
        .isEqualTo("pytorch_model.bin  [######......]  50 %  223.8 of 447.6 MB  111.9 MB/s  0:02");
    milliseconds = 9000;
    bar.received("pytorch_model.bin", SIZE, SIZE);
    assertThat(line())
        .isEqualTo("pytorch_model.bin  [############] 100 %  447.6 of 447.6 MB  111.9 MB/s  0:00");
    assertThat(line()).hasSizeLessThan(80);
  }

  @Test
  void countsOnlyWhatArrivedNowInTheRate() {
    bar.received("model.safetensors", SIZE - 2001, SIZE);
    bar.received("model.safetensors", SIZE - 2000, SIZE);
    milliseconds = 1000;
    bar.received("model.safetensors", SIZE - 1000, SIZE);
    assertThat(line()).endsWith("  1.0 kB/s  0:01");
    milliseconds = 2000;
    bar.received("model.safetensors", 0, SIZE); // started anew
    assertThat(line()).endsWith("0.0 of 447.6 MB");
    bar.received("model.safetensors", 1, SIZE);
    milliseconds = 3000;
    bar.received("model.safetensors", 1001, SIZE);
    assertThat(line()).endsWith("  1.0 kB/s  124 h 19");
  }

  @Test
  void drawsNoMoreOftenThanOneCanSee() {
    bar.received("a", 0, SIZE);
    int length = terminal.toString().length();
    milliseconds = 99;
    bar.received("a", 1_000_000, SIZE);
    assertThat(terminal.toString()).hasSize(length);
    milliseconds = 200;
    bar.received("a", 2_000_000, SIZE);
    assertThat(terminal.toString().length()).isGreaterThan(length);
  }

  @Test
  void fitsTheLineAndLeavesItEmpty() {
    bar.received("a/very/long/name/of/a/file.bin", 1, SIZE);
    assertThat(line()).startsWith("...e/of/a/file.bin [");
    bar.waiting("https://huggingface.co/uclanlp/visualbert-vqa: " + "x".repeat(100));
    assertThat(line()).hasSize(79).endsWith("...");
    bar.waiting("short");
    assertThat(line()).isEqualTo("short");
    bar.close();
    assertThat(terminal.toString()).endsWith("short" + CLEAR);
  }

  @Test
  void isEmptyBeforeItIsUsed() {
    bar.close();
    assertThat(terminal.toString()).isEmpty();
  }
}
