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
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens the rows of a batch file, by the ending of its name or, of a stream, by its first bytes.
 */
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
    if (!BatchFormat.isUnnamed(input)) {
      return new JsonRowSource(JsonLines.open(input), parser);
    }
    try {
      PushbackInputStream in =
          new PushbackInputStream(
              input.equals(JsonLines.STANDARD_STREAM) ? System.in : Files.newInputStream(input), 2);
      byte[] head = in.readNBytes(2);
      in.unread(head);
      if (isArrow(head)) {
        ArrowJars.load();
        return ArrowRowSource.open(input, in, parser);
      }
      return new JsonRowSource(JsonLines.open(input, in), parser);
    } catch (IOException e) {
      throw InputFiles.unreadable(input, "rows", e);
    }
  }

  /** Recognises a file or a stream of Arrow; no text begins like a stream, not even UTF-16. */
  private static boolean isArrow(byte[] head) {
    return head.length == 2 && (head[0] == 'A' || head[0] == -1 && head[1] == -1);
  }
}
