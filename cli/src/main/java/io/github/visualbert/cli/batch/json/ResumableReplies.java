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
 * Replies of a resumable run that writes an Arrow file. Rows cannot be appended to an Arrow file,
 * so replies are written as JSON lines, which are converted once the last one is there.
 */
public final class ResumableReplies implements ReplySink {
  private final Path output;
  private final ReplySink lines;
  private final TaskName task;
  private final Supplier<ReplySink> target;

  /**
   * Continues an output after its last complete row.
   *
   * @param lines writes the unfinished version
   * @param target creates the Arrow file, in the end
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
