package io.github.visualbert.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter text = new StringWriter();

  @Test
  void isRedrawnAfterAWhileAndErased() {
    try (ProgressBar bar =
        new ProgressBar(new TerminalLine(new PrintWriter(text), System::nanoTime))) {
      bar.show(0.5, "measuring");
      assertThat(text.toString())
          .isEqualTo("\r\u001b[K[###############...............] 50 % measuring");
      String once = text.toString();
      bar.show(0.6, "measuring");
      assertThat(text.toString()).startsWith(once);
    }
    assertThat(text.toString()).endsWith("\r\u001b[K");
  }

  @Test
  void staysWithinItsBounds() {
    try (ProgressBar bar =
        new ProgressBar(new TerminalLine(new PrintWriter(text), System::nanoTime))) {
      bar.show(1.5, "x");
    }
    assertThat(text.toString()).contains("[##############################] 100 % x");
  }

  @Test
  void drawsNothingWithoutATerminal() {
    try (ProgressBar bar = ProgressBar.on(new PrintWriter(text))) {
      bar.show(0.5, "measuring");
    }
    assertThat(text.toString()).isEmpty();
  }
}
