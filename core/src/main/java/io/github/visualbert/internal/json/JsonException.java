package io.github.visualbert.internal.json;

/**
 * A text is not JSON, or its JSON is not what was asked for. The message is one line and says
 * where: line and column for a mistake in the text, the path of the key for a value of another
 * kind.
 *
 * <p>Callers know the file and wrap it in the exception of their format.
 */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  JsonException(String message) {
    this(message, -1);
  }

  JsonException(String message, long offset) {
    super(message);
    this.offset = offset;
  }

  /**
   * Returns the index of the byte at fault, or -1 when the text is JSON and a value is at fault.
   */
  public long offset() {
    return offset;
  }
}
