package io.github.visualbert.kernel;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of workers that share the chunks of one operation; the calling thread is one of them.
 *
 * <p>Each worker has a range of neighbouring chunks, which share much of their data, and takes them
 * one by one; then it takes those that others have not begun. An operation ends when all chunks are
 * done, whether or not every worker took part: a worker that the operating system suspends delays
 * only the chunk it holds. When the set is busy, with another caller's operation or with the one
 * that a task calls this from, the caller computes alone instead of waiting. Which worker computes
 * which chunk never changes a result.
 *
 * <p>Thread-safe. With one worker there are no threads. An operation allocates nothing.
 */
public final class Workers implements AutoCloseable {

  /** The work of one chunk. */
  @FunctionalInterface
  public interface Task {
    /**
     * Computes one chunk.
     *
     * @param chunk the number of the chunk, from 0
     * @param worker the number of the worker, from 0 to {@link #count} - 1; within one operation no
     *     two chunks run with the same number at once
     */
    void run(int chunk, int worker);
  }

  /**
   * Spins before a thread parks: some 40 to 100 µs, longer than the gaps between the operations of
   * a forward pass.
   */
  private static final int SPINS = 2000;

  /** A ticket's high half. */
  private static final long OPERATION = -1L << 32;

  /** The distance of tickets, so that no two workers write to one cache line. */
  private static final int APART = 64 / Long.BYTES;

  private static final System.Logger LOGGER = System.getLogger(Workers.class.getName());

  private final Helper[] helpers;
  private final AtomicBoolean busy = new AtomicBoolean();

  // The current operation. These fields are written before the ticket and stay until the last
  // chunk is done: a thread that has taken a chunk from the ticket may read them.
  private Task task;
  private int chunks;

  /**
   * For each worker, {@link #APART} numbers apart, the chunks of its range that are not yet handed
   * out, as the low half of a ticket. The high half is the number of the operation, so that a late
   * claim fails.
   */
  private final AtomicLongArray tickets;

  /** The number of the operation whose tickets are complete. */
  private final AtomicLong operation = new AtomicLong();

  /** Chunks of the operation that are not done. */
  private final AtomicInteger pending = new AtomicInteger();

  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** The caller, while it is parked. */
  private volatile Thread waiting;

  private volatile boolean closed;

  private final AtomicBoolean warned = new AtomicBoolean();

  private Workers(int helpers) {
    if (helpers < 0) {
      throw new IllegalArgumentException("expected at least 1 worker, found " + (helpers + 1));
    }
    this.helpers = new Helper[helpers];
    tickets = new AtomicLongArray((helpers + 1) * APART);
  }

  /**
   * Returns a set of {@code count} workers: the caller and {@code count - 1} daemon threads, which
   * sleep when there is nothing to do.
   */
  public static Workers of(int count) {
    Workers workers = new Workers(count - 1);
    for (int i = 0; i < workers.helpers.length; i++) {
      workers.helpers[i] = workers.new ThreadHelper(i + 1);
    }
    return workers;
  }

  /**
   * Returns a set of {@code count} workers: the caller and at most {@code count - 1} tasks of an
   * executor.
   *
   * <p>The executor is asked anew for every operation. When it refuses, fails, delays, or runs
   * tasks in the calling thread, the work is done all the same; a failure is logged once. It
   * remains the caller's: {@link #close} does not end it.
   */
  public static Workers on(Executor executor, int count) {
    Objects.requireNonNull(executor);
    Workers workers = new Workers(count - 1);
    for (int i = 0; i < workers.helpers.length; i++) {
      workers.helpers[i] = workers.new ExecutorHelper(i + 1, executor);
    }
    return workers;
  }

  /** Returns the number of workers, the caller counted in. */
  public int count() {
    return helpers.length + 1;
  }

  /**
   * Runs the task for every chunk and returns when all are done.
   *
   * <p>When a chunk fails, chunks not yet begun are left out, and the first failure is thrown here
   * once no chunk runs any more.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public void forEach(int chunks, Task task) {
    if (chunks < 0) {
      throw new IllegalArgumentException("expected at least 0 chunks, found " + chunks);
    }
    if (closed) {
      throw new IllegalStateException("the workers are closed");
    }
    if (helpers.length == 0 || chunks <= 1 || !busy.compareAndSet(false, true)) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        task.run(chunk, 0);
      }
      return;
    }
    try {
      runTogether(chunks, task);
    } finally {
      this.task = null;
      failure.set(null);
      busy.set(false);
    }
  }

  /**
   * Ends the threads, after the operation that runs if there is one. Does not wait for that, and
   * may be called again.
   */
  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      helper.wake();
    }
  }

  private void runTogether(int chunks, Task task) {
    this.task = task;
    this.chunks = chunks;
    pending.set(chunks);
    long number = operation.get() + 1;
    for (int owner = 0; owner < count(); owner++) {
      tickets.set(owner * APART, (number << 32) + begin(owner + 1) - begin(owner));
    }
    operation.set(number);
    for (int i = 0; i < helpers.length && i < chunks - 1; i++) {
      helpers[i].wake();
    }
    work(0);
    awaitOthers();
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new UndeclaredThrowableException(e);
    }
  }

  /** Returns the first chunk of a worker's range. */
  private int begin(int owner) {
    return (int) ((long) chunks * owner / count());
  }

  /** Takes chunks and computes them until none is left: its own first, then those of the next. */
  private void work(int worker) {
    for (int i = 0; i < count(); i++) {
      int owner = (worker + i) % count();
      int at = owner * APART;
      for (long t = tickets.get(at); hasChunks(t); t = tickets.get(at)) {
        if (tickets.compareAndSet(at, t, t - 1)) {
          run(begin(owner + 1) - (int) t, worker);
        }
      }
    }
  }

  private void run(int chunk, int worker) {
    try {
      task.run(chunk, worker);
    } catch (Throwable e) {
      fail(e);
    }
    if (pending.decrementAndGet() == 0) {
      LockSupport.unpark(waiting);
    }
  }

  /** Keeps the first failure and leaves out the chunks not yet handed out. */
  private void fail(Throwable e) {
    failure.compareAndSet(null, e);
    for (int at = 0; at < tickets.length(); at += APART) {
      for (long t = tickets.get(at); hasChunks(t); t = tickets.get(at)) {
        if (tickets.compareAndSet(at, t, t & OPERATION)) {
          pending.addAndGet(-(int) t);
        }
      }
    }
  }

  private void awaitOthers() {
    for (int spin = 0; spin < SPINS && pending.get() > 0; spin++) {
      Thread.onSpinWait();
    }
    if (pending.get() > 0) {
      boolean interrupted = false;
      waiting = Thread.currentThread();
      while (pending.get() > 0) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted(); // or park would return at once from now on
      }
      waiting = null;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean hasChunks(long ticket) {
    return (int) ticket != 0;
  }

  /** A worker other than the caller. */
  private abstract sealed class Helper implements Runnable {
    final int worker;

    Helper(int worker) {
      this.worker = worker;
    }

    /**
     * Makes sure that the helper will look at the tickets, or at {@link #closed}, after this call.
     */
    abstract void wake();
  }

  /** A thread that waits for work. */
  private final class ThreadHelper extends Helper {
    private final Thread thread;
    private volatile boolean parked;

    ThreadHelper(int worker) {
      super(worker);
      thread = Thread.ofPlatform().daemon().name("visualbert-worker-" + worker).start(this);
    }

    @Override
    void wake() {
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        long last = operation.get();
        work(worker); // what is left of that operation, or of a later one
        Thread.interrupted(); // an interrupt that a task left behind is not the next one's
        for (int spin = 0; spin < SPINS && operation.get() == last; spin++) {
          Thread.onSpinWait();
        }
        // Order matters: publish `parked`, then read the operation again. The caller writes the
        // operation, then reads `parked`, so one of the two sees the other.
        parked = true;
        while (!closed && operation.get() == last) {
          LockSupport.park(Workers.this);
          Thread.interrupted(); // or park would return at once from now on
        }
        parked = false;
      }
    }
  }

  /** A task of the caller's executor, which ends when there is nothing to do. */
  private final class ExecutorHelper extends Helper {
    private final Executor executor;

    /** Whether the executor has this task, so that it never has it twice. */
    private final AtomicBoolean submitted = new AtomicBoolean();

    ExecutorHelper(int worker, Executor executor) {
      super(worker);
      this.executor = executor;
    }

    @Override
    void wake() {
      if (!closed && submitted.compareAndSet(false, true)) {
        boolean accepted = false;
        try {
          executor.execute(this);
          accepted = true;
        } catch (RejectedExecutionException e) {
          // The others do its work.
        } catch (RuntimeException | Error e) { // also when no more threads can be started
          warn(e);
        } finally {
          if (!accepted) {
            submitted.set(false);
          }
        }
      }
    }

    /** Answers are right without helpers, but slower, which nobody would know. */
    private void warn(Throwable e) {
      if (warned.compareAndSet(false, true)) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "the executor gave no thread, so the caller computes with the others it has",
            e);
      }
    }

    @Override
    public void run() {
      long last;
      do {
        last = operation.get();
        work(worker);
        // Order matters as above: publish `submitted`, then read the operation again.
        submitted.set(false);
      } while (operation.get() != last && submitted.compareAndSet(false, true));
    }
  }
}
