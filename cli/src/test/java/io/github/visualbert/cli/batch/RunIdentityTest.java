package io.github.visualbert.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RunIdentityTest {
  private static final RunIdentity PLAIN = new RunIdentity(Map.of("task", "vqa"));

  @Test
  void aFactThatOnlyOneRunHasIsADifference() {
    RunIdentity detecting = PLAIN.and("detector", "0".repeat(64));
    assertThat(detecting.difference(PLAIN)).contains("another detector");
    assertThat(PLAIN.difference(detecting)).contains("another detector");
    assertThat(detecting.difference(PLAIN.and("detector", "0".repeat(64)))).isEmpty();
  }
}
