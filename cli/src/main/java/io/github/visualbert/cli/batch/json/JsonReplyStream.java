package io.github.visualbert.cli.batch.json;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyWriter;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.file.OutputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Replies as JSON lines on standard output. */
public final class JsonReplyStream implements ReplySink {
  private final PrintWriter out;
  private final ReplyWriter writer;

  public JsonReplyStream(PrintWriter out, ReplyWriter writer) {
    this.out = out;
    this.writer = writer;
  }

  @Override
  public void write(List<Reply> replies) {
    for (Reply reply : replies) {
      out.print(writer.json(reply) + "\n");
    }
    if (out.checkError()) {
      throw new OutputException(Path.of("standard output"), new IOException("closed or full"));
    }
  }

  @Override
  public void finish() {
    // write() flushes every batch
  }

  @Override
  public void close() {
    // standard output stays open
  }
}
