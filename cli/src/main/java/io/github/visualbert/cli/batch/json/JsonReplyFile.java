package io.github.visualbert.cli.batch.json;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyWriter;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.internal.file.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Replies as JSON lines, in a file that is renamed to the output when it is complete. */
public final class JsonReplyFile implements ReplySink {
  private final Path file;
  private final AtomicFile output;
  private final ReplyWriter writer;
  private final boolean keep;
  private final FileChannel channel;
  private final OutputStream out;

  private JsonReplyFile(
      Path file, AtomicFile output, ReplyWriter writer, boolean keep, FileChannel channel)
      throws IOException {
    this.file = file;
    this.output = output;
    this.writer = writer;
    this.keep = keep;
    this.channel = channel;
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /** Creates an output that appears complete or not at all. */
  public static JsonReplyFile create(Path file, ReplyWriter writer) {
    AtomicFile output = AtomicFile.of(file);
    try {
      FileChannel channel =
          FileChannel.open(
              output.unfinished(),
              StandardOpenOption.WRITE,
              output.isDirect() ? StandardOpenOption.APPEND : StandardOpenOption.CREATE_NEW);
      return new JsonReplyFile(file, output, writer, false, channel);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  /** Continues the output of an interrupted run after its last complete row. */
  public static JsonReplyFile resume(Path file, PartialReplies partial, ReplyWriter writer) {
    AtomicFile output = AtomicFile.of(file, partial.file());
    try {
      return new JsonReplyFile(file, output, writer, true, partial.channel());
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void write(List<Reply> replies) {
    try {
      for (Reply reply : replies) {
        out.write(writer.json(reply).getBytes(StandardCharsets.UTF_8));
        out.write('\n');
      }
      out.flush();
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void finish() {
    try {
      if (!output.isDirect()) {
        channel.force(true); // the rows must be on disk before the rename
      }
      channel.close();
      output.commit();
      PartialReplies.delete(file); // left by an abandoned run
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (!keep) {
        output.close();
      }
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }
}
