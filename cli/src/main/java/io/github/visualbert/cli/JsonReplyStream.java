package io.github.visualbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Replies as JSON lines on standard output. */
final class JsonReplyStream implements ReplySink {
  private final PrintWriter out;
  private final ReplyPrinter printer;

  JsonReplyStream(PrintWriter out, ReplyPrinter printer) {
    this.out = out;
    this.printer = printer;
  }

  @Override
  public void write(List<Reply> replies) {
    for (Reply reply : replies) {
      out.print(printer.json(reply) + "\n");
    }
    if (out.checkError()) {
      throw new OutputException(Path.of("standard output"), new IOException("closed or full"));
    }
  }

  @Override
  public void finish() {
    // every batch was flushed
  }

  @Override
  public void close() {
    // the program's own
  }
}
