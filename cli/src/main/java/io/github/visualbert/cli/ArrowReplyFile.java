package io.github.visualbert.cli;

import com.google.flatbuffers.FlatBufferBuilder;
import io.github.visualbert.cli.ArrowMessages.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.MetadataVersion;

/**
 * Replies as an Arrow IPC file or stream, which appears whole or not at all.
 *
 * <p>The dictionary of the labels comes before the answers, and is known after them. So record
 * batches are put by in a file beside the output, and are copied behind the dictionary in the end.
 */
final class ArrowReplyFile implements ReplySink {
  /** Rows of a record batch. It does not depend on how rows were computed together. */
  private static final int BATCH_ROWS = 1024;

  /** Numbers of the vectors of a record batch, at most, apart from its last row: 16 MiB. */
  private static final long BATCH_NUMBERS = 1L << 22;

  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  private final Path file;
  private final Path batchFile;
  private final Path beside;
  private final boolean stream;
  private final ArrowReplies replies;
  private final FileChannel batches;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Reply> waiting = new ArrayList<>();
  private long numbers;

  /**
   * Begins an output.
   *
   * @param stream whether to write the format for pipes, without a footer
   */
  ArrowReplyFile(Path file, boolean stream, ArrowReplies replies) {
    String name = "." + file.getFileName() + "." + UUID.randomUUID();
    this.file = file;
    this.batchFile = file.resolveSibling(name + ".batches.tmp");
    this.beside = file.resolveSibling(name + ".tmp");
    this.stream = stream;
    this.replies = replies;
    try {
      this.batches =
          FileChannel.open(
              batchFile,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void write(List<Reply> more) {
    for (Reply reply : more) {
      waiting.add(reply);
      if (reply instanceof Reply.Vectors vectors && vectors.lastHiddenState() != null) {
        numbers += vectors.lastHiddenState().elementCount();
      }
      if (waiting.size() == BATCH_ROWS || numbers >= BATCH_NUMBERS) {
        writeBatch();
      }
    }
  }

  private void writeBatch() {
    try {
      blocks.add(
          ArrowMessages.writeBatch(
              waiting.size(), replies.batch(waiting), batches, batches.position()));
      waiting.clear();
      numbers = 0;
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  @Override
  public void finish() {
    if (!waiting.isEmpty()) {
      writeBatch();
    }
    try (FileChannel out =
        FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      assemble(out);
      out.force(true); // the name must not come before the rows
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
    try {
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  private void assemble(FileChannel out) throws IOException {
    if (!stream) {
      ArrowMessages.writeFully(ByteBuffer.allocate(8).put(MAGIC).clear(), out);
    }
    ArrowMessages.writeSchema(replies.schema(), out, out.position());
    List<Block> dictionaries = new ArrayList<>();
    if (replies.hasLabels()) {
      dictionaries.add(
          ArrowMessages.writeDictionary(
              ArrowSchema.LABELS, replies.labelCount(), replies.labels(), out, out.position()));
    }
    long start = out.position();
    long size = batches.size();
    for (long copied = 0; copied < size; ) {
      copied += batches.transferTo(copied, size - copied, out);
    }
    ArrowMessages.writeEnd(out);
    if (!stream) {
      writeFooter(dictionaries, blocks.stream().map(block -> block.at(start)).toList(), out);
    }
  }

  private void writeFooter(List<Block> dictionaries, List<Block> records, FileChannel out)
      throws IOException {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int schema = replies.schema().addTo(builder);
    Footer.startDictionariesVector(builder, dictionaries.size());
    int dictionaryBlocks = add(dictionaries, builder);
    Footer.startRecordBatchesVector(builder, records.size());
    int recordBlocks = add(records, builder);
    Footer.finishFooterBuffer(
        builder,
        Footer.createFooter(
            builder, MetadataVersion.V5, schema, dictionaryBlocks, recordBlocks, 0));
    ByteBuffer footer = builder.dataBuffer();
    int length = footer.remaining();
    ArrowMessages.writeFully(footer, out);
    ByteBuffer tail = ByteBuffer.allocate(4 + MAGIC.length).order(ByteOrder.LITTLE_ENDIAN);
    ArrowMessages.writeFully(tail.putInt(length).put(MAGIC).clear(), out);
  }

  private static int add(List<Block> blocks, FlatBufferBuilder builder) {
    for (Block block : blocks.reversed()) {
      org.apache.arrow.flatbuf.Block.createBlock(
          builder, block.offset(), block.metadataLength(), block.bodyLength());
    }
    return builder.endVector();
  }

  @Override
  public void close() {
    try {
      batches.close();
    } catch (IOException e) {
      throw new OutputException(file, e);
    } finally {
      OutputFile.delete(batchFile);
      OutputFile.delete(beside);
    }
  }
}
