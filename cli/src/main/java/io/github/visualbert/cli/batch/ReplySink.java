package io.github.visualbert.cli.batch;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.cli.file.OutputException;
import java.util.List;

/** The output of a batch run: takes replies in the order of the rows. */
public interface ReplySink extends AutoCloseable {
  /**
   * Writes replies, and flushes every buffer of the program.
   *
   * @throws OutputException when that fails
   */
  void write(List<Reply> replies);

  /** Completes the output and gives it its name. */
  void finish();

  /** Closes the output. An unfinished one is deleted, unless it can be resumed. */
  @Override
  void close();
}
