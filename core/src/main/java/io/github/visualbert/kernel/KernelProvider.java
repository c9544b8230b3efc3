package io.github.visualbert.kernel;

/**
 * A source of kernels, found by {@link java.util.ServiceLoader}.
 *
 * <p>Implementations must load on every JVM: classes that may be missing are first used in {@link
 * #create}.
 */
public interface KernelProvider {
  /** Returns the name that selects this provider. */
  String name();

  /**
   * Returns the kernels.
   *
   * @throws UnavailableException when they cannot run, or cannot run well, on this JVM and
   *     processor
   */
  Kernels create() throws UnavailableException;

  /** Says why a provider cannot be used here, and where possible what would change that. */
  final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String reason) {
      super(reason);
    }

    public UnavailableException(String reason, Throwable cause) {
      super(reason, cause);
    }
  }
}
