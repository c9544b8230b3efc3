package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.memory.ArrowBuf;

/**
 * The messages of an Arrow IPC file or stream, checked before Arrow reads them, since it trusts
 * their sizes.
 */
abstract class ArrowMessages {
  private static final int MAX_LEVELS = 16;
  private static final int MAX_FIELDS = 10_000;

  /** The maximum compression ratio of LZ4. */
  private static final int MAX_LZ4_RATIO = 255;

  private long size; // of the body of the last message
  private boolean mayBeMapped;

  /** Returns the metadata of the next message, or null at the end. */
  abstract ByteBuffer metadata() throws IOException;

  /**
   * Returns the body of the last message, which the caller closes.
   *
   * @param mayBeMapped whether it may lie in a read-only mapping
   */
  abstract ArrowBuf body(long size, boolean mayBeMapped) throws IOException;

  /** Returns how many bytes were read. */
  abstract long position();

  /** Returns how much was read, 0 to 1, or NaN where that is not known. */
  abstract double progress();

  /**
   * Returns the schema. Must be called before {@link #next}.
   *
   * @throws InputException when it is invalid
   */
  Schema schema() throws IOException {
    ByteBuffer metadata = metadata();
    Message message = metadata == null ? null : Message.getRootAsMessage(metadata);
    if (message == null || message.headerType() != MessageHeader.Schema) {
      throw new InputException(Kind.MALFORMED, "expected an Arrow schema");
    }
    return checked((Schema) message.header(new Schema()));
  }

  /**
   * Returns the next message, or null after the last.
   *
   * @throws InputException when it is invalid
   */
  final Message next() throws IOException {
    ByteBuffer metadata = metadata();
    if (metadata == null) {
      return null;
    }
    Message message = Message.getRootAsMessage(metadata);
    size = message.bodyLength();
    mayBeMapped = false;
    switch (message.headerType()) {
      case MessageHeader.RecordBatch -> {
        RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
        check(batch, size);
        mayBeMapped = batch.compression() == null;
      }
      case MessageHeader.DictionaryBatch ->
          check(((DictionaryBatch) message.header(new DictionaryBatch())).data(), size);
      default ->
          throw new InputException(
              Kind.MALFORMED, "expected Arrow record batches, found a message of another kind");
    }
    return message;
  }

  /** Returns the body of the last message, before the next is read. The caller closes it. */
  final ArrowBuf body() throws IOException {
    return body(size, mayBeMapped);
  }

  static Schema checked(Schema schema) {
    if (schema.endianness() != Endianness.Little) {
      throw new InputException(Kind.MISMATCH, "expected little-endian Arrow data");
    }
    int[] left = {MAX_FIELDS};
    for (int i = 0; i < schema.fieldsLength(); i++) {
      check(schema.fields(i), 0, left);
    }
    return schema;
  }

  /** Limits the fields: they may share children, so a small schema may stand for a huge one. */
  private static void check(Field field, int level, int[] left) {
    if (level > MAX_LEVELS || --left[0] < 0) {
      throw new InputException(Kind.MALFORMED, "the schema is too deep or too wide");
    }
    requireWideDecimal(field);
    for (int i = 0; i < field.childrenLength(); i++) {
      check(field.children(i), level + 1, left);
    }
  }

  /** Refuses a type that Arrow does not know in Java, even where no task reads the column. */
  private static void requireWideDecimal(Field field) {
    if (field.typeType() == Type.Decimal
        && field.type(new Decimal()) instanceof Decimal decimal
        && decimal.bitWidth() < 128) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: expected decimals of 128 or 256 bits, found %d; leave the column out, or write it as decimal128"
              .formatted(field.name(), decimal.bitWidth()));
    }
  }

  private static void check(RecordBatch batch, long size) {
    boolean compressed = batch.compression() != null;
    if (compressed && batch.compression().codec() != CompressionType.LZ4_FRAME) {
      throw new InputException(
          Kind.MISMATCH,
          "expected Arrow data without compression or with lz4, found zstd; write it with"
              + " compression=\"lz4\" or \"uncompressed\"");
    }
    long most = size * Byte.SIZE * (compressed ? MAX_LZ4_RATIO : 1);
    for (int i = 0; i < batch.nodesLength(); i++) {
      if (batch.nodes(i).length() > most) {
        throw new InputException(
            Kind.MALFORMED,
            "a column has %d values in a record batch of %d bytes"
                .formatted(batch.nodes(i).length(), size));
      }
      if (batch.nodes(i).length() > Integer.MAX_VALUE) {
        throw new InputException(
            Kind.MISMATCH,
            "expected at most %d values of a column in a record batch, found %d; write batches of fewer rows"
                .formatted(Integer.MAX_VALUE, batch.nodes(i).length()));
      }
    }
    for (int i = 0; i < batch.buffersLength(); i++) {
      Buffer buffer = batch.buffers(i);
      if (buffer.offset() < 0 || buffer.length() < 0 || buffer.offset() > size - buffer.length()) {
        throw new InputException(
            Kind.MALFORMED,
            "a buffer of %d bytes is at byte %d of %d"
                .formatted(buffer.length(), buffer.offset(), size));
      }
    }
  }
}
