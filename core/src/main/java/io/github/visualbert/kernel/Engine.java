package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Workspace;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * What a model computes with: kernels, workers, and workspaces that forward passes borrow.
 *
 * <p>Thread-safe: as many passes may run at once as there are callers, each in a workspace of its
 * own. The workspaces are kept for the next callers, so a warm pass allocates no native memory.
 * Closing waits for the passes that run; the workers belong to whoever made them.
 */
public final class Engine implements AutoCloseable {
  private final Kernels kernels;
  private final Workers workers;
  private final Runnable check;
  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

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
   * @throws io.github.visualbert.error.ModelException when the file of the weights was cut short,
   *     also while the pass ran: part of an answer would be made of zeros
   */
  public <T> T run(Function<Execution, T> pass) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      check.run();
      Workspace workspace = idle.pollFirst();
      if (workspace == null) {
        workspace = new Workspace();
      }
      try {
        T result = pass.apply(new Execution(workers, workspace));
        check.run();
        return result;
      } catch (InternalError fault) { // how the JVM reports that mapped memory is gone
        check.run();
        throw fault;
      } finally {
        workspace.reset();
        idle.addFirst(workspace);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits for the passes that run and frees the workspaces; further calls have no effect. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      for (Workspace workspace; (workspace = idle.pollFirst()) != null; ) {
        workspace.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
