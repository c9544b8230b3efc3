package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/** The messages of a pipe. One record batch is in memory at a time. */
final class PipedArrowMessages extends ArrowMessages {
  private static final int MAX_METADATA = 1 << 26;

  /** The first bytes of an IPC file, which continues as a stream. */
  private static final int ARRO = 'A' | 'R' << 8 | 'R' << 16 | 'O' << 24;

  private final ReadChannel in;
  private final BufferAllocator allocator;

  PipedArrowMessages(InputStream in, BufferAllocator allocator) {
    this.in = new ReadChannel(Channels.newChannel(in));
    this.allocator = allocator;
  }

  @Override
  ByteBuffer metadata() throws IOException {
    int size = readInt(0);
    if (size == ARRO && in.bytesRead() == Integer.BYTES) {
      readInt(0);
      size = readInt(0);
    }
    if (size == MessageSerializer.IPC_CONTINUATION_TOKEN) {
      size = readInt(-1);
    }
    if (size == 0) {
      return null;
    }
    if (size < 0 || size > MAX_METADATA) {
      throw new InputException(
          Kind.MALFORMED,
          "expected at most %d bytes of metadata before byte %d, found %d"
              .formatted(MAX_METADATA, in.bytesRead(), size));
    }
    ByteBuffer metadata = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    if (in.readFully(metadata) != size) {
      throw cutShort();
    }
    return metadata.flip();
  }

  private int readInt(int atEnd) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return in.readFully(bytes) == Integer.BYTES ? bytes.getInt(0) : atEnd;
  }

  @Override
  ArrowBuf body(long size, boolean mayBeMapped) throws IOException {
    if (size < 0) {
      throw new InputException(Kind.MALFORMED, "a record batch has " + size + " bytes");
    }
    ArrowBuf body = allocator.buffer(size);
    if (in.readFully(body, size) != size) {
      body.close();
      throw cutShort();
    }
    return body;
  }

  private static InputException cutShort() {
    return new InputException(
        Kind.MALFORMED, "expected whole Arrow record batches, found the last one cut short");
  }

  @Override
  long position() {
    return in.bytesRead();
  }

  @Override
  double progress() {
    return Double.NaN;
  }
}
