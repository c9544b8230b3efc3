package io.github.visualbert.cli.batch;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.cli.file.OutputException;
import java.util.List;

/** Where the replies of a batch run go, in the order of the rows. */
public interface ReplySink extends AutoCloseable {
  /**
   * Writes replies. They are out of the program when this returns.
   *
   * @throws OutputException when that fails
   */
  void write(List<Reply> replies);

  /** Completes the output, which then stands under its name. */
  void finish();

  /** Lets go of the output; one that is not finished is removed, unless it can be resumed. */
  @Override
  void close();
}
