package io.github.visualbert.cli.run;

import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.cli.batch.BatchFormat;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.cli.batch.arrow.ArrowJars;
import io.github.visualbert.cli.batch.arrow.ArrowRowSource;
import io.github.visualbert.cli.batch.arrow.ArrowUnavailableException;
import io.github.visualbert.cli.batch.json.JsonRowSource;
import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.file.Path;

/** Opens a batch file. The ending of its name says its format; a pipe's first byte does. */
final class RowSources {
  private RowSources() {}

  /**
   * Opens a file; {@code -} is standard input.
   *
   * @throws InputException when it cannot be read
   * @throws ArrowUnavailableException when it is Arrow, and Arrow cannot be loaded
   */
  static RowSource open(Path input, RequestReader parser) {
    if (BatchFormat.require(input).isArrow()) {
      ArrowJars.load();
      return ArrowRowSource.open(input, parser);
    }
    if (!input.equals(JsonLines.STANDARD_STREAM)) {
      return new JsonRowSource(JsonLines.open(input), parser);
    }
    try {
      PushbackInputStream in = new PushbackInputStream(System.in);
      int first = in.read();
      if (first >= 0) {
        in.unread(first);
      }
      if (first == 'A' || first == 0xff) { // Arrow file or stream; no JSON begins so
        ArrowJars.load();
        return ArrowRowSource.open(input, in, parser);
      }
      return new JsonRowSource(JsonLines.open(input, in), parser);
    } catch (IOException e) {
      throw new InputException(
          Kind.UNREADABLE, "standard input: cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
