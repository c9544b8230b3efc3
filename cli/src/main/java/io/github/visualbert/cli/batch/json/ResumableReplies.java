package io.github.visualbert.cli.batch.json;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.file.JsonLines;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Replies on their way into an Arrow file, which cannot grow row by row: they are lines of JSON,
 * and so can be resumed, until the last one is there. Then the file is made of them.
 */
public final class ResumableReplies implements ReplySink {
  private final Path output;
  private final ReplySink lines;
  private final TaskName task;
  private final Supplier<ReplySink> target;

  /**
   * Goes on with an output of which rows are complete.
   *
   * @param lines writes its unfinished version
   * @param target makes the Arrow file, in the end
   */
  public ResumableReplies(Path output, ReplySink lines, TaskName task, Supplier<ReplySink> target) {
    this.output = output;
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
    try (JsonLines answered = JsonLines.open(PartialReplies.of(output), Integer.MAX_VALUE - 8);
        ReplySink sink = target.get()) {
      for (byte[] line; (line = answered.next()) != null; ) {
        sink.write(List.of(parser.reply(line)));
      }
      sink.finish();
    }
    lines.close();
    PartialReplies.delete(output);
  }

  @Override
  public void close() {
    lines.close();
  }
}
