package io.github.visualbert.cli.serve.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegatherTest {
  private static final long MILLIS = 1_000_000;

  private final Regather regather = new Regather();

  @Test
  void waitsForNobodyBeforeTheFirstPass() {
    assertThat(regather.expected(3)).isEqualTo(3);
    assertThat(regather.remaining(System.nanoTime())).isNotPositive();
  }

  @Test
  void waitsAMomentForThoseWhoWereAnswered() {
    regather.passed(4, 160 * MILLIS, 1000 * MILLIS);
    assertThat(regather.expected(4)).isEqualTo(8);
    assertThat(regather.remaining(1000 * MILLIS)).isEqualTo(5 * MILLIS);
    assertThat(regather.remaining(1006 * MILLIS)).isNotPositive();
  }

  @Test
  void doesNotWaitAfterAShortPass() {
    regather.passed(4, 31 * MILLIS, 1000 * MILLIS);
    assertThat(regather.remaining(1000 * MILLIS)).isNotPositive();
    regather.passed(4, 32 * MILLIS, 1000 * MILLIS);
    assertThat(regather.remaining(1000 * MILLIS)).isPositive();
  }
}
