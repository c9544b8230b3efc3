package io.github.visualbert.cli.batch;

import io.github.visualbert.ask.TaskRunner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads rows and decodes their pictures on its own thread, a bounded number of rows ahead of the
 * consumer.
 *
 * <p>One thread calls {@link #take}; any thread may call {@link #stop}.
 */
final class Lookahead implements AutoCloseable {
  /** Maximum rows in the queue: two full batches. */
  private static final int MAX_ROWS = 64;

  /** Maximum numbers in the pictures of the queue: 64 MiB of floats. */
  private static final long MAX_NUMBERS = 1L << 24;

  private final RowSource source;
  private final Deque<Row> rows = new ArrayDeque<>();
  private long numbers;
  private boolean ended;
  private boolean stopped;
  private Throwable failure;

  /** Starts reading. The reading thread closes the source at its end, or when stopped. */
  Lookahead(RowSource source) {
    this.source = source;
    Thread.ofPlatform().daemon().name("visualbert-rows").start(this::read);
  }

  private void read() {
    Throwable thrown = null;
    try (source) {
      Row row;
      do {
        row = source.next();
      } while (row != null && put(row));
    } catch (Throwable e) { // thrown again by take()
      thrown = e;
    }
    synchronized (this) {
      failure = thrown;
      ended = true;
      notifyAll();
    }
  }

  private synchronized boolean put(Row row) throws InterruptedException {
    while (!stopped && !rows.isEmpty() && (rows.size() >= MAX_ROWS || numbers >= MAX_NUMBERS)) {
      wait();
    }
    rows.add(row);
    numbers += numbers(row);
    notifyAll();
    return !stopped;
  }

  /**
   * Returns the next rows: those that are ready, up to one batch; waits for the first. Empty at the
   * end, or when stopped.
   *
   * @throws RuntimeException the exception of the source, once all rows before it are taken
   */
  synchronized List<Row> take() throws InterruptedException {
    while (!stopped && !ended && rows.isEmpty()) {
      wait();
    }
    List<Row> batch = new ArrayList<>();
    if (stopped) {
      return batch;
    }
    int sequences = 0;
    long taken = 0;
    while (!rows.isEmpty()) {
      Row row = rows.peek();
      sequences += row instanceof Row.Asked asked ? asked.request().sequences() : 0;
      taken += numbers(row);
      boolean fits =
          sequences <= TaskRunner.BATCH_SEQUENCES
              && taken <= MAX_NUMBERS
              && batch.size() < MAX_ROWS;
      if (!fits && !batch.isEmpty()) {
        break;
      }
      numbers -= numbers(row);
      batch.add(rows.remove());
    }
    notifyAll();
    if (batch.isEmpty() && failure != null) {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure; // a source throws no checked exceptions
    }
    return batch;
  }

  private static long numbers(Row row) {
    return row instanceof Row.Asked asked ? asked.request().numbers() : 0;
  }

  /** Makes {@link #take} return no more rows. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  synchronized boolean stopped() {
    return stopped;
  }

  /** Stops reading. A thread that still waits for input ends with the program. */
  @Override
  public void close() {
    stop();
  }
}
