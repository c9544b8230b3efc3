package io.github.visualbert.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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
  private final List<Execution> all = new ArrayList<>(); // guarded by this
  private final ArrayDeque<Execution> idle = new ArrayDeque<>(); // guarded by this
  private int running; // guarded by this
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
    return all.stream().mapToLong(execution -> execution.workspace().bytes()).sum();
  }

  private synchronized Execution begin() {
    requireOpen();
    Execution execution = idle.pollLast();
    if (execution == null) {
      execution = new Execution(workers, new Workspace());
      all.add(execution);
    }
    running++; // last, since making a workspace may run out of memory
    return execution;
  }

  private void end(Execution execution) {
    boolean reset = false;
    try {
      execution.workspace().reset();
      reset = true;
    } finally {
      synchronized (this) {
        running--;
        if (reset) {
          idle.addLast(execution);
        } else {
          all.remove(execution);
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
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    while (!idle.isEmpty()) {
      idle.removeLast().workspace().close();
    }
    all.clear();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
