package io.github.visualbert.kernel;

import java.util.concurrent.Executor;

/**
 * Which kernels and threads a caller chose.
 *
 * @param provider {@code simd}, {@code scalar} or {@code auto}, see {@link KernelSelection#resolve}
 * @param threads that compute a pass, its caller included
 * @param executor lends the others; null to start threads
 */
public record ComputeSettings(String provider, int threads, Executor executor) {
  /** The fastest kernels that run here, and as many threads as processors. */
  public static ComputeSettings standard() {
    return new ComputeSettings(
        KernelSelection.AUTO, Runtime.getRuntime().availableProcessors(), null);
  }

  public ComputeSettings withProvider(String name) {
    return new ComputeSettings(name, threads, executor);
  }

  /** Returns the same with other threads; throws {@link IllegalArgumentException} without any. */
  public ComputeSettings withThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is %d, expected at least 1".formatted(count));
    }
    return new ComputeSettings(provider, count, executor);
  }

  public ComputeSettings withExecutor(Executor lender) {
    return new ComputeSettings(provider, threads, lender);
  }

  /**
   * Selects the kernels.
   *
   * @throws IllegalArgumentException when the provider does not run here
   */
  public Kernels kernels() {
    return KernelSelection.select(KernelSelection.resolve(provider)).kernels();
  }

  /** Starts the workers; the caller closes them. */
  public Workers workers() {
    return executor == null ? Workers.of(threads) : Workers.on(executor, threads);
  }
}
