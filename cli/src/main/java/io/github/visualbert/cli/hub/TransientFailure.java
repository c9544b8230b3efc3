package io.github.visualbert.cli.hub;

import java.time.Duration;

/** A failure that a retry may cure: the hub is busy, or the connection was cut. */
final class TransientFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Duration asked;

  TransientFailure(String message, Throwable cause) {
    super(message, cause);
    asked = null;
  }

  /**
   * Makes a failure for which the hub said how long to wait.
   *
   * @param asked null when it did not
   */
  TransientFailure(String message, Duration asked) {
    super(message);
    this.asked = asked;
  }

  /** Returns how long the hub asks to wait, or null. */
  Duration asked() {
    return asked;
  }
}
