package io.github.visualbert.cli.batch.json;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.cli.file.OutputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Replies on their way into an Arrow file, which cannot grow row by row: they are lines of JSON,
 * and so can be resumed, until the last one is there. Then the file is made of them.
 */
public final class ResumableReplies implements ReplySink {
  private final Path partial;
  private final ReplySink lines;
  private final TaskName task;
  private final Supplier<ReplySink> target;

  /**
   * Goes on with an output of which rows are complete.
   *
   * @param partial the file of the lines
   * @param lines writes it
   * @param target makes the Arrow file, in the end
   */
  public ResumableReplies(
      Path partial, ReplySink lines, TaskName task, Supplier<ReplySink> target) {
    this.partial = partial;
    this.lines = lines;
    this.task = task;
    this.target = target;
  }

  @Override
  public void write(List<Reply> replies) {
    lines.write(replies);
  }

  @Override
  public void finish() {
    ReplyReader parser = new ReplyReader(task);
    try (JsonLines answered = JsonLines.open(partial, Integer.MAX_VALUE - 8);
        ReplySink sink = target.get()) {
      for (byte[] line; (line = answered.next()) != null; ) {
        sink.write(List.of(parser.reply(line)));
      }
      sink.finish();
    }
    lines.close();
    try {
      Files.delete(partial);
    } catch (IOException e) {
      throw new OutputException(partial, e);
    }
  }

  @Override
  public void close() {
    lines.close();
  }
}
