package io.github.visualbert.cli;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;

/** Writes the messages of Arrow's IPC format, with bodies aligned to 64 bytes. */
final class ArrowMessages {
  private static final int ALIGNMENT = 64;

  /** Where a message lies: the sizes of its metadata, framing included, and of its body. */
  record Block(long offset, int metadataLength, long bodyLength) {
    Block at(long start) {
      return new Block(start + offset, metadataLength, bodyLength);
    }
  }

  /** The nodes and buffers of a record batch, in the order of the schema. */
  static final class Body {
    private final List<long[]> nodes = new ArrayList<>(); // length and number of nulls
    private final List<ByteBuffer> buffers = new ArrayList<>();

    Body node(long length, long nulls) {
      nodes.add(new long[] {length, nulls});
      return this;
    }

    /** Adds the bytes of a buffer up to its position. */
    Body buffer(ByteBuffer bytes) {
      buffers.add(bytes.duplicate().flip());
      return this;
    }

    /** Adds the buffer that says which values are null, where none is. */
    Body noNulls() {
      buffers.add(ByteBuffer.allocate(0));
      return this;
    }
  }

  private ArrowMessages() {}

  /** Writes a schema. */
  static Block writeSchema(ArrowSchema schema, WritableByteChannel out, long at)
      throws IOException {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    return write(builder, MessageHeader.Schema, schema.addTo(builder), new Body(), out, at);
  }

  /** Writes a record batch. */
  static Block writeBatch(long rows, Body body, WritableByteChannel out, long at)
      throws IOException {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    return write(builder, MessageHeader.RecordBatch, addBatch(builder, rows, body), body, out, at);
  }

  /** Writes the values of a dictionary. */
  static Block writeDictionary(long id, long values, Body body, WritableByteChannel out, long at)
      throws IOException {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int batch = addBatch(builder, values, body);
    int dictionary = DictionaryBatch.createDictionaryBatch(builder, id, batch, false);
    return write(builder, MessageHeader.DictionaryBatch, dictionary, body, out, at);
  }

  /** Writes the mark behind the last message. */
  static void writeEnd(WritableByteChannel out) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    writeFully(mark.putInt(-1).putInt(0).flip(), out);
  }

  private static int addBatch(FlatBufferBuilder builder, long rows, Body body) {
    RecordBatch.startNodesVector(builder, body.nodes.size());
    for (long[] node : body.nodes.reversed()) {
      FieldNode.createFieldNode(builder, node[0], node[1]);
    }
    int nodes = builder.endVector();
    RecordBatch.startBuffersVector(builder, body.buffers.size());
    long offset = bodyLength(body);
    for (ByteBuffer buffer : body.buffers.reversed()) {
      offset -= padded(buffer.limit());
      Buffer.createBuffer(builder, offset, buffer.limit());
    }
    int buffers = builder.endVector();
    return RecordBatch.createRecordBatch(builder, rows, nodes, buffers, 0, 0);
  }

  private static Block write(
      FlatBufferBuilder builder, byte type, int header, Body body, WritableByteChannel out, long at)
      throws IOException {
    long bodyLength = bodyLength(body);
    Message.finishMessageBuffer(
        builder, Message.createMessage(builder, MetadataVersion.V5, type, header, bodyLength, 0));
    ByteBuffer metadata = builder.dataBuffer();
    int framed = padded(8 + metadata.remaining());
    ByteBuffer message = ByteBuffer.allocate(framed).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(-1).putInt(framed - 8).put(metadata);
    writeFully(message.clear(), out);
    for (ByteBuffer buffer : body.buffers) {
      int padding = padded(buffer.limit()) - buffer.limit();
      writeFully(buffer, out);
      writeFully(ByteBuffer.allocate(padding), out);
    }
    return new Block(at, framed, bodyLength);
  }

  private static long bodyLength(Body body) {
    return body.buffers.stream().mapToLong(buffer -> padded(buffer.limit())).sum();
  }

  private static int padded(int length) {
    return Math.addExact(length, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  static void writeFully(ByteBuffer bytes, WritableByteChannel out) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
