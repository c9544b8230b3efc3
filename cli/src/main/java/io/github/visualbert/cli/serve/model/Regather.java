package io.github.visualbert.cli.serve.model;

/**
 * How long a pass waits for the callers that the last one answered: those who ask again at once
 * then share it, instead of taking turns with those who waited meanwhile. Not thread-safe.
 */
final class Regather {
  /** The share of the last pass that the next one may wait. */
  private static final long SHARE = 32;

  /** Shorter waits are not worth it: a thread that sleeps wakes up about 0.1 ms late. */
  private static final long LEAST_NANOS = 1_000_000;

  private int answered;
  private long end = System.nanoTime();

  /** Takes note of a pass that has just answered some requests. */
  void passed(int requests, long nanos, long now) {
    answered = requests;
    end = now + (nanos / SHARE < LEAST_NANOS ? 0 : nanos / SHARE);
  }

  /** Returns how many requests are expected, where some are waiting when the pass ends. */
  int expected(int waiting) {
    return waiting + answered;
  }

  /** Returns for how many nanoseconds to wait for them; 0 or less when it is too late. */
  long remaining(long now) {
    return end - now;
  }
}
