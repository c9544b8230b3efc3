package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.internal.file.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * Replies as an Arrow IPC file or stream, which appears complete or not at all.
 *
 * <p>The dictionary of the labels comes before the answers in the file, and is complete only after
 * the last answer. So record batches go to a temporary file, and are copied behind the dictionary
 * in the end.
 */
public final class ArrowReplyFile implements ReplySink {
  /** Rows of a record batch. Does not depend on the batches in which rows were computed. */
  private static final int BATCH_ROWS = 1024;

  /** Maximum numbers in the vectors of a record batch without its last row: 16 MiB. */
  private static final long BATCH_NUMBERS = 1L << 22;

  private final Path file;
  private final AtomicFile output;
  private final Path batchFile;
  private final boolean stream;
  private final ArrowReplies replies;
  private final FileChannel batches;
  private final List<Reply> waiting = new ArrayList<>();
  private long numbers;
  private int written;

  /**
   * Begins an output.
   *
   * @param output gives the file its name in the end; leftovers of its temporary files are
   *     overwritten
   * @param stream whether to write the format for pipes, without a footer
   * @param replies the columns, which {@link #close} closes
   */
  public ArrowReplyFile(Path file, AtomicFile output, boolean stream, ArrowReplies replies) {
    this.file = file;
    this.output = output;
    this.batchFile = output.beside(".batches");
    this.stream = stream;
    this.replies = replies;
    try {
      this.batches =
          FileChannel.open(
              batchFile,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING);
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
    replies.fill(waiting);
    try (ArrowRecordBatch batch = new VectorUnloader(replies.root()).getRecordBatch()) {
      MessageSerializer.serialize(new WriteChannel(batches), batch);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
    written++;
    waiting.clear();
    numbers = 0;
  }

  @Override
  public void finish() {
    if (!waiting.isEmpty()) {
      writeBatch();
    }
    try (FileChannel out =
        FileChannel.open(
            output.unfinished(),
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      assemble(out);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
    try {
      batches.close();
      OutputFile.delete(batchFile); // before the rename, so that a complete output leaves none
      output.commit();
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  private void assemble(FileChannel out) throws IOException {
    DictionaryProvider labels = replies.dictionaries();
    VectorLoader loader = new VectorLoader(replies.root());
    ReadChannel in = new ReadChannel(batches.position(0)); // closed with the batches
    try (ArrowWriter writer =
        stream
            ? new ArrowStreamWriter(replies.root(), labels, out)
            : new ArrowFileWriter(replies.root(), labels, out)) {
      writer.start();
      for (int i = 0; i < written; i++) {
        try (ArrowRecordBatch batch =
            MessageSerializer.deserializeRecordBatch(in, replies.allocator())) {
          loader.load(batch);
        }
        writer.writeBatch();
      }
      writer.end();
      if (!output.isDirect()) {
        out.force(true); // the rows must be on disk before the rename
      }
    }
  }

  @Override
  public void close() {
    try (output) {
      replies.close();
      batches.close();
    } catch (IOException e) {
      throw new OutputException(file, e);
    } finally {
      OutputFile.delete(batchFile);
    }
  }
}
