package io.github.visualbert.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/** Replies as JSON lines, in a file beside the output that takes its name when it is complete. */
final class JsonReplyFile implements ReplySink {
  private final Path file;
  private final Path beside;
  private final ReplyPrinter printer;
  private final boolean keep;
  private final FileChannel channel;
  private final OutputStream out;

  private JsonReplyFile(
      Path file, Path beside, ReplyPrinter printer, boolean keep, FileChannel channel)
      throws IOException {
    this.file = file;
    this.beside = beside;
    this.printer = printer;
    this.keep = keep;
    this.channel = channel;
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /** Begins an output that appears whole or not at all. */
  static JsonReplyFile create(Path file, ReplyPrinter printer) {
    Path beside = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      FileChannel channel =
          FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
      return new JsonReplyFile(file, beside, printer, false, channel);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  /** Goes on with an output of which rows are complete. */
  static JsonReplyFile resume(Path file, PartialReplies partial, ReplyPrinter printer) {
    try {
      return new JsonReplyFile(file, partial.file(), printer, true, partial.channel());
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void write(List<Reply> replies) {
    try {
      for (Reply reply : replies) {
        out.write(printer.json(reply).getBytes(StandardCharsets.UTF_8));
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
      channel.force(true); // the name must not come before the rows
      channel.close();
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(PartialReplies.of(file)); // of a run that was given up
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
    if (!keep) {
      OutputFile.delete(beside);
    }
  }
}
