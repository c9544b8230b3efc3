package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void printsWhatDeterminesTheSpeed() {
    String answer = Cli.run("doctor").answer();
    assertThat(answer.lines().map(line -> line.split(" {2,}")[0]))
        .contains(
            "version",
            "java",
            "java home",
            "system",
            "processor",
            "caches",
            "threads",
            "memory",
            "vector module",
            "vector width",
            "fused multiply-add",
            "kernels",
            "chosen",
            "demo models",
            "to change");
    assertThat(answer)
        .containsPattern("java +" + Runtime.version().feature())
        .containsPattern("vector module +loaded")
        .containsPattern(
            "chosen +tiles of [68] output features by [0-9]+.* rows; BF16 weights are ")
        .containsPattern("chosen +blocks of [0-9]+ KB of x .*; at least [0-9]+ chunks a thread")
        .containsPattern("memory +\\d+ MiB in all");
  }

  @Test
  void reportsAProviderThatTheUserHasSet() {
    String before = System.setProperty("visualbert.provider", "scalar");
    try {
      assertThat(Cli.run("doctor").answer())
          .doesNotContain("chosen ")
          .containsPattern("kernels +scalar: ")
          .containsPattern("to change +do not set -Dvisualbert.provider=scalar");
    } finally {
      if (before == null) {
        System.clearProperty("visualbert.provider");
      } else {
        System.setProperty("visualbert.provider", before);
      }
    }
  }
}
