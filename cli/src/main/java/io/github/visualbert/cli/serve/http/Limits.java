package io.github.visualbert.cli.serve.http;

import java.time.Duration;

/**
 * What a client may ask of the edge.
 *
 * @param body the longest body in bytes
 * @param head the longest head in bytes
 * @param fields the most header fields
 * @param target the longest path with query, in bytes
 * @param connections the most open connections
 * @param idle after which a connection without a request is closed
 * @param stalledWrite after which a client that takes nothing is disconnected
 * @param grace the time that a head or a body may take, beside a second for each KiB
 */
public record Limits(
    long body,
    int head,
    int fields,
    int target,
    int connections,
    Duration idle,
    Duration stalledWrite,
    Duration grace) {
  /** The slowest sender, in bytes a second. */
  static final int MIN_RATE = 1024;

  /** The most that is read of a body whose request was refused, so that the client reads why. */
  static final long DRAINED_BYTES = 64L << 20;

  /** The longest that this may take. */
  static final Duration DRAINED_TIME = Duration.ofSeconds(5);

  /** Returns the default limits with another one for bodies. */
  public static Limits withBody(long bytes) {
    return new Limits(
        bytes,
        16 << 10,
        100,
        2 << 10,
        1024,
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }

  /** Returns whether somebody who has sent so much in this time is too slow. */
  boolean isTooSlow(long bytes, long nanos) {
    return nanos > allowed(bytes);
  }

  /** Returns the time in nanoseconds in which so many bytes must have come. */
  long allowed(long bytes) {
    return grace.toNanos() + bytes * 1_000_000_000L / MIN_RATE;
  }
}
