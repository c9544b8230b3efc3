package io.github.visualbert.cli.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads rows and decodes their pictures on a thread of its own, a bounded number of rows ahead of
 * the run that takes them.
 *
 * <p>One thread takes; any thread may stop.
 */
final class Lookahead implements AutoCloseable {
  /** Most rows in the queue: two full batches. */
  private static final int MOST_ROWS = 64;

  /** Most numbers in the pictures of the queue: 64 MiB of floats. */
  private static final long MOST_NUMBERS = 1L << 24;

  /** Most sequences in a batch: a larger one computes no faster. */
  private static final int BATCH_SEQUENCES = 32;

  private final RowSource source;
  private final Deque<Row> rows = new ArrayDeque<>();
  private long numbers;
  private boolean ended;
  private boolean stopped;
  private Throwable failure;

  /** Starts to read. The source is closed at its end, or once the reading stops. */
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
    while (!stopped && !rows.isEmpty() && (rows.size() >= MOST_ROWS || numbers >= MOST_NUMBERS)) {
      wait();
    }
    rows.add(row);
    numbers += numbers(row);
    notifyAll();
    return !stopped;
  }

  /**
   * Returns the next rows, as many as are there and make one batch; waits for the first. Empty at
   * the end, or when stopped.
   *
   * @throws RuntimeException what the source threw, once all rows before it are taken
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
      sequences += row instanceof Row.Asked asked ? asked.sequences() : 0;
      taken += numbers(row);
      boolean fits =
          sequences <= BATCH_SEQUENCES && taken <= MOST_NUMBERS && batch.size() < MOST_ROWS;
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
      throw (RuntimeException) failure; // the source throws no others
    }
    return batch;
  }

  private static long numbers(Row row) {
    return row instanceof Row.Asked asked ? asked.numbers() : 0;
  }

  /** Makes {@link #take} return no more rows. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  synchronized boolean stopped() {
    return stopped;
  }

  /** Stops. The thread may still wait for input, and ends with the program then. */
  @Override
  public void close() {
    stop();
  }
}
