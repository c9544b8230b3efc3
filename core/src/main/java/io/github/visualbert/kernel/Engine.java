package io.github.visualbert.kernel;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs forward passes: the kernels, the workers, and the workspaces that passes borrow.
 *
 * <p>Thread-safe: as many passes may run at once as there are callers, each in a workspace of its
 * own. The workspaces are kept for the next callers, so a warm pass allocates nothing. Closing
 * waits for the passes that run; the workers belong to whoever made them.
 */
public final class Engine implements AutoCloseable {
  private final Kernels kernels;
  private final Workers workers;
  private final Runnable check;
  private final ArrayDeque<Execution> idle = new ArrayDeque<>(); // guarded by this
  private final Set<Execution> running = new HashSet<>(); // guarded by this
  private boolean closed; // guarded by this

  /**
   * Makes an engine.
   *
   * @param check runs before and after every pass, and throws when the model's memory is no longer
   *     what it was
   */
  public Engine(Kernels kernels, Workers workers, Runnable check) {
    this.kernels = kernels;
    this.workers = workers;
    this.check = check;
  }

  public Kernels kernels() {
    return kernels;
  }

  public Workers workers() {
    return workers;
  }

  /**
   * Runs a forward pass; what it allocates in the workspace is gone when it returns.
   *
   * @throws IllegalStateException after close
   * @throws io.github.visualbert.error.ModelException when the weight file was truncated, before
   *     the pass or during it: missing weights would read as zeros
   */
  public <T> T run(Function<Execution, T> pass) {
    Execution execution = begin();
    try {
      check.run();
      T result = pass.apply(execution);
      check.run();
      return result;
    } catch (InternalError fault) { // a fault in mapped memory
      check.run();
      throw fault;
    } finally {
      end(execution);
    }
  }

  /**
   * Does nothing while the model is open.
   *
   * @throws IllegalStateException after close
   */
  public synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  /** Returns the native memory of all workspaces, in bytes. */
  public synchronized long workspaceBytes() {
    return Stream.concat(idle.stream(), running.stream())
        .mapToLong(execution -> execution.workspace().bytes())
        .sum();
  }

  private synchronized Execution begin() {
    requireOpen();
    Execution execution = idle.pollLast();
    if (execution == null) {
      execution = new Execution(workers, new Workspace());
    }
    running.add(execution);
    return execution;
  }

  private void end(Execution execution) {
    boolean reset = false;
    try {
      execution.workspace().reset();
      reset = true;
    } finally {
      synchronized (this) {
        running.remove(execution);
        if (reset) {
          idle.addLast(execution);
        }
        notifyAll();
      }
    }
  }

  /** Waits for the passes that run and frees the workspaces; further calls have no effect. */
  @Override
  public synchronized void close() {
    closed = true;
    boolean interrupted = false;
    while (!running.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    while (!idle.isEmpty()) {
      idle.removeLast().workspace().close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
