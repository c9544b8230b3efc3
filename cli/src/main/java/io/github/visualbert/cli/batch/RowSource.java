package io.github.visualbert.cli.batch;

import io.github.visualbert.internal.json.JsonValue;

/** The rows of a batch file, in order. Only {@link #progress} is thread-safe. */
public interface RowSource extends AutoCloseable {
  /**
   * Returns the next row with its pictures decoded, or null after the last.
   *
   * @throws io.github.visualbert.error.InputException when the file itself cannot be read
   */
  Row next();

  /**
   * Skips a row without decoding its pictures.
   *
   * @return its id, or null after the last row
   */
  JsonValue skip();

  /** Returns whether the file has a column of ids, and those are integers. */
  default boolean hasIntegerIds() {
    return false;
  }

  /** Returns how much of the file was read, 0 to 1, or NaN where its size is not known. */
  double progress();

  @Override
  void close();
}
