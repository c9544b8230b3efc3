package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.file.OutputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/**
 * Replies as an Arrow stream on standard output. Every batch of answers is sent immediately. The
 * dictionary of labels is sent before the first answers, and again whenever it has grown.
 */
public final class ArrowReplyStream implements ReplySink {
  private static final Path NAME = Path.of("standard output");

  private final ArrowReplies replies;
  private final OutputStream out;
  private final ArrowStreamWriter writer;

  public ArrowReplyStream(OutputStream out, ArrowReplies replies) {
    this.out = out;
    this.replies = replies;
    this.writer = new ArrowStreamWriter(replies.root(), replies.dictionaries(), out);
  }

  @Override
  public void write(List<Reply> more) {
    if (more.isEmpty()) {
      return;
    }
    try {
      replies.fill(more);
      replies.dictionaries();
      writer.writeBatch();
      out.flush();
    } catch (IOException e) {
      throw new OutputException(NAME, e);
    }
  }

  @Override
  public void finish() {
    try {
      writer.end();
      out.flush();
    } catch (IOException e) {
      throw new OutputException(NAME, e);
    }
  }

  @Override
  public void close() {
    replies.close();
  }
}
