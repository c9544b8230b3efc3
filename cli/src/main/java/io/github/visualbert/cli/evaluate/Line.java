package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;

/**
 * A place in a file, for messages.
 *
 * @param number from 1
 */
record Line(Path file, long number) {
  /** Returns an error for a line that is not of its format. */
  InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, this + ": " + what);
  }

  /** Returns an error for a line that contradicts another one or another file. */
  InputException mismatch(String what) {
    return new InputException(Kind.MISMATCH, this + ": " + what);
  }

  @Override
  public String toString() {
    return file + ": line " + number;
  }
}
