package io.github.visualbert.error;

/** An input of a model cannot be used: a picture, region features, a text or a file of many. */
public final class InputException extends VisualBertException {
  private static final long serialVersionUID = 1L;

  public InputException(Kind kind, String message) {
    this(kind, message, null);
  }

  public InputException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
