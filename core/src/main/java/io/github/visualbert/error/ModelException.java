package io.github.visualbert.error;

/** A model cannot be used: its configuration, weights, vocabulary or labels. */
public final class ModelException extends VisualBertException {
  private static final long serialVersionUID = 1L;

  public ModelException(Kind kind, String message) {
    this(kind, message, null);
  }

  public ModelException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
