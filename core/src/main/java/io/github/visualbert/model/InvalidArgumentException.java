package io.github.visualbert.model;

/**
 * An argument of a forward pass is invalid: misshapen, out of range, or one too many.
 *
 * <p>A type of its own, so that a program can tell what its user got wrong from an error of its
 * own, which any other {@link IllegalArgumentException} is.
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
