package io.github.visualbert.cli.serve.model;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.Problem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests wait, of all models, and how long. Thread-safe. */
public final class RequestQueue {
  private static final int MAX_RETRY_SECONDS = 30;

  /** The weight of the last pass in the rate of answers. */
  private static final double RATE_WEIGHT = 0.1;

  private final int limit;
  private final Duration longest;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile double secondsPerRequest;

  /**
   * Makes an empty queue.
   *
   * @param limit the most requests that wait
   * @param longest the longest that one waits
   */
  public RequestQueue(int limit, Duration longest) {
    this.limit = limit;
    this.longest = longest;
  }

  public int limit() {
    return limit;
  }

  public int waiting() {
    return waiting.get();
  }

  /**
   * Lets a request in.
   *
   * @throws Problem when too many wait
   */
  public Ticket admit(Exchange exchange) {
    if (waiting.incrementAndGet() > limit) {
      waiting.decrementAndGet();
      int seconds = retryAfter();
      throw Problem.retryAfter(
          Code.QUEUE_FULL,
          "%d requests are waiting, the limit is %d; come again in %d s"
              .formatted(limit, limit, seconds),
          seconds);
    }
    return new Ticket(this, exchange, System.nanoTime() + longest.toNanos());
  }

  void release() {
    waiting.decrementAndGet();
  }

  /** Returns in how many seconds what waits now will be done. */
  int retryAfter() {
    return (int) Math.clamp(Math.ceil(waiting.get() * secondsPerRequest), 1, MAX_RETRY_SECONDS);
  }

  Problem timeout() {
    int seconds = retryAfter();
    return Problem.retryAfter(
        Code.QUEUE_TIMEOUT,
        "the request waited for %d s; come again in %d s".formatted(longest.toSeconds(), seconds),
        seconds);
  }

  /** Learns how long requests take. */
  void served(int requests, long nanos) {
    double seconds = nanos * 1e-9 / requests;
    secondsPerRequest += RATE_WEIGHT * (seconds - secondsPerRequest);
  }
}
