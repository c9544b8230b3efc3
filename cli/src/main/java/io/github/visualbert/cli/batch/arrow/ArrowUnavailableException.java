package io.github.visualbert.cli.batch.arrow;

/** Arrow cannot be loaded, or cannot run, on this JVM as it was started. */
public final class ArrowUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ArrowUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
