package io.github.visualbert.cli;

/** Arrow cannot be loaded, or cannot run, on this JVM as it was started. */
final class ArrowUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ArrowUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
