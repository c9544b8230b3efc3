package io.github.visualbert.cli.serve.model;

import io.github.visualbert.cli.serve.http.ClientGoneException;
import io.github.visualbert.cli.serve.http.Exchange;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A request's place in the queue, from its head until its pass begins. Thread-safe. */
public final class Ticket implements AutoCloseable {
  private final RequestQueue queue;
  private final Exchange exchange;
  private final AtomicLong deadline;
  private final AtomicBoolean waiting = new AtomicBoolean(true);

  Ticket(RequestQueue queue, Exchange exchange, long deadline) {
    this.queue = queue;
    this.exchange = exchange;
    this.deadline = new AtomicLong(deadline);
  }

  public Exchange exchange() {
    return exchange;
  }

  /** Returns the nanoseconds that the request may still wait. */
  long remaining() {
    return deadline.get() - System.nanoTime();
  }

  /** Adds time in which the request did not wait, but was worked on. */
  void worked(long nanos) {
    deadline.addAndGet(nanos);
  }

  /**
   * Checks that it still makes sense to work on the request.
   *
   * @throws io.github.visualbert.cli.serve.http.Problem when it has waited too long
   * @throws ClientGoneException when the client has reset its connection
   */
  void requireAlive() {
    if (exchange.isAbandoned()) {
      throw new ClientGoneException();
    }
    if (remaining() < 0) {
      throw queue.timeout();
    }
  }

  /** Says that the request waits no longer. */
  void begun() {
    if (waiting.compareAndSet(true, false)) {
      queue.release();
    }
  }

  RequestQueue queue() {
    return queue;
  }

  @Override
  public void close() {
    begun();
  }
}
