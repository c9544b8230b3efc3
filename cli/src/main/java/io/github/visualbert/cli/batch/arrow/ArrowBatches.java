package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.ExtensionTypeVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads record batches without copying their data buffers.
 *
 * <p>Arrow may write to offset and validity buffers to pad them. They are small, so they are
 * copied.
 */
final class ArrowBatches extends ArrowReader {
  private final ArrowMessages messages;

  ArrowBatches(ArrowMessages messages, BufferAllocator allocator) {
    super(allocator, CommonsCompressionFactory.INSTANCE);
    this.messages = messages;
  }

  ArrowMessages messages() {
    return messages;
  }

  /**
   * Returns the vector with the values of a column: that of its dictionary if it has one, that of
   * its storage if it is of an extension type.
   */
  FieldVector values(FieldVector column) {
    DictionaryEncoding encoding = column.getField().getDictionary();
    Dictionary dictionary = encoding == null ? null : lookup(encoding.getId());
    return storage(dictionary == null ? column : dictionary.getVector());
  }

  private static FieldVector storage(FieldVector column) {
    return column instanceof ExtensionTypeVector<?> extension
            && extension.getUnderlyingVector() instanceof FieldVector storage
        ? storage
        : column;
  }

  @Override
  protected Schema readSchema() throws IOException {
    return Schema.convertSchema(messages.schema());
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    for (Message message; (message = messages.next()) != null; ) {
      if (message.headerType() == MessageHeader.RecordBatch) {
        loadRecordBatch(MessageSerializer.deserializeRecordBatch(message, messages.body()));
        return true;
      }
      loadDictionary(MessageSerializer.deserializeDictionaryBatch(message, messages.body()));
    }
    return false;
  }

  @Override
  public long bytesRead() {
    return messages.position();
  }

  @Override
  protected void closeReadSource() {
    // the opener closes it
  }

  @Override
  protected void loadRecordBatch(ArrowRecordBatch batch) {
    List<ArrowBuf> buffers = new ArrayList<>();
    List<ArrowBuf> copies = new ArrayList<>();
    try (batch) {
      Cursor cursor =
          new Cursor(
              batch.getNodes().iterator(),
              batch.getBuffers().iterator(),
              variadic(batch).iterator(),
              batch.getBodyCompression().getCodec() == NoCompressionCodec.COMPRESSION_TYPE,
              buffers,
              copies);
      for (Field field : getVectorSchemaRoot().getSchema().getFields()) {
        cursor.take(field, batch.getLength());
      }
      super.loadRecordBatch(
          new ArrowRecordBatch(
              batch.getLength(),
              batch.getNodes(),
              buffers,
              batch.getBodyCompression(),
              batch.getVariadicBufferCounts(),
              true));
    } catch (IOException e) {
      throw new IllegalStateException(e); // only reading the schema throws it, and it was read
    } finally {
      copies.forEach(ArrowBuf::close);
    }
  }

  private static List<Long> variadic(ArrowRecordBatch batch) {
    List<Long> counts = batch.getVariadicBufferCounts();
    return counts == null ? List.of() : counts;
  }

  /** Walks through the buffers of a record batch in the order of the schema. */
  private final class Cursor {
    private final Iterator<ArrowFieldNode> nodes;
    private final Iterator<ArrowBuf> from;
    private final Iterator<Long> variadic;
    private final boolean mapped;
    private final List<ArrowBuf> to;
    private final List<ArrowBuf> copies;

    /**
     * Begins a record batch.
     *
     * @param mapped whether buffers may lie in a mapped file; compressed ones were copied
     */
    Cursor(
        Iterator<ArrowFieldNode> nodes,
        Iterator<ArrowBuf> from,
        Iterator<Long> variadic,
        boolean mapped,
        List<ArrowBuf> to,
        List<ArrowBuf> copies) {
      this.nodes = nodes;
      this.from = from;
      this.variadic = variadic;
      this.mapped = mapped;
      this.to = to;
      this.copies = copies;
    }

    /**
     * Takes the buffers of a column of {@code length} values, or of an unknown number if it is -1.
     */
    void take(Field field, int length) {
      ArrowFieldNode node = nodes.hasNext() ? nodes.next() : null;
      if (node == null || length >= 0 && node.getLength() != length) {
        throw new InputException(
            Kind.MALFORMED,
            "column %s has %s values in a batch of %d rows"
                .formatted(field.getName(), node == null ? "no" : node.getLength(), length));
      }
      boolean view =
          field.getType() instanceof ArrowType.Utf8View
              || field.getType() instanceof ArrowType.BinaryView;
      for (BufferType type : TypeLayout.getTypeLayout(field.getType()).getBufferTypes()) {
        take(field, type != BufferType.DATA || view);
      }
      for (long left = view && variadic.hasNext() ? variadic.next() : 0; left > 0; left--) {
        take(field, false);
      }
      for (Field child : field.getChildren()) {
        take(child, -1);
      }
    }

    /** Takes the next buffer, or a copy of it. */
    private void take(Field field, boolean copied) {
      if (!from.hasNext()) {
        throw new InputException(
            Kind.MALFORMED, field.getName() + " has fewer buffers than it needs");
      }
      ArrowBuf buffer = from.next();
      long size = buffer.writerIndex();
      if (mapped && copied && size > 0) {
        ArrowBuf copy = allocator.buffer(size);
        copies.add(copy);
        copy.setBytes(0, buffer, 0, size);
        copy.writerIndex(size);
        buffer = copy;
      }
      to.add(buffer);
    }
  }
}
