package io.github.visualbert.model;

/**
 * An argument of a forward pass is invalid: of the wrong shape, out of range, or not one of this
 * head.
 *
 * <p>A type of its own, so that the command line can tell a user's mistake from a bug, which any
 * other {@link IllegalArgumentException} is.
 */
public final class InvalidArgumentException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message says which argument, what was expected and what was found
   */
  public InvalidArgumentException(String message) {
    super(message);
  }
}
