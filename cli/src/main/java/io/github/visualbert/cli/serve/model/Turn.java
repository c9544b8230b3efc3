package io.github.visualbert.cli.serve.model;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets one request at a time do something large, in the order in which they came. Thread-safe. */
final class Turn {
  /** How often a request that waits is asked whether its client is still there. */
  private static final long CHECK_MILLIS = 250;

  private final Semaphore free = new Semaphore(1, true);

  /**
   * Waits for the turn of a request, which {@link #end}s it.
   *
   * @throws io.github.visualbert.cli.serve.http.Problem when it has waited too long
   */
  void begin(Ticket ticket) {
    try {
      while (!free.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        ticket.requireAlive();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    try {
      ticket.requireAlive();
    } catch (RuntimeException e) {
      free.release();
      throw e;
    }
  }

  void end() {
    free.release();
  }
}
