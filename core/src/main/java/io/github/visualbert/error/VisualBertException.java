package io.github.visualbert.error;

/**
 * A file or another outside input cannot be used. The message is one line that says what, where,
 * expected and found.
 *
 * <p>Mistakes of the calling code are {@link IllegalArgumentException}s and {@link
 * IllegalStateException}s instead.
 */
public abstract sealed class VisualBertException extends RuntimeException
    permits ModelException, InputException {
  private static final long serialVersionUID = 1L;

  /** In which way an input is at fault. */
  public enum Kind {
    /** There is no such file, or it cannot be read. */
    UNREADABLE,
    /** The file ends early, contradicts itself, or is not of the format it claims. */
    MALFORMED,
    /** The file is well-formed, but holds something this library does not accept. */
    UNSUPPORTED,
    /** The input is well-formed, but larger than this library takes: a picture of many pixels. */
    TOO_LARGE,
    /** The input is well-formed, but holds nothing to work on: a detector finds no region in it. */
    EMPTY,
    /** The file asks to run code. */
    HOSTILE,
    /**
     * Something the model needs is not there, or something is there that no part of the model uses.
     */
    MISMATCH
  }

  private final Kind kind;

  VisualBertException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
