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

  private final String problem;
  private final int column;
  private final long offset;

  /** Makes one for a value. */
  JsonException(String message) {
    super(message);
    this.problem = message;
    this.column = -1;
    this.offset = -1;
  }

  /** Makes one for the text, with the place of the invalid byte. */
  JsonException(String problem, int line, int column, long offset) {
    super("%s at line %d, column %d".formatted(problem, line, column));
    this.problem = problem;
    this.column = column;
    this.offset = offset;
  }

  /** Returns the message without the line and column of the text. */
  public String problem() {
    return problem;
  }

  /** Returns the message for a text that is one line of a file, whose number the caller knows. */
  public String problemInLine() {
    return column < 0 ? problem : problem + " at column " + column;
  }

  /** Returns the index of the invalid byte, or -1 when the text is JSON and a value is invalid. */
  public long offset() {
    return offset;
  }
}
