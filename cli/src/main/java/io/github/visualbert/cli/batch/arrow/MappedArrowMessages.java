package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * The messages of a memory-mapped file. Its pages are loaded as they are read, so record batches
 * may be larger than memory.
 *
 * <p>The footer of an IPC file gives their offsets, since not every writer puts a valid stream
 * before it. The file stays mapped while its bytes are reachable.
 */
final class MappedArrowMessages extends ArrowMessages {
  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final BufferAllocator root;
  private final BufferAllocator allocator;
  private final MemorySegment bytes;
  private Schema schema; // of a file
  private Queue<Long> offsets; // of the messages of a file that are not read yet; null in a stream
  private long position;
  private long end;

  /**
   * Maps a file.
   *
   * @param root wraps the mapped bytes
   * @param allocator allocates copies
   */
  static MappedArrowMessages open(Path file, BufferAllocator root, BufferAllocator allocator)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      return new MappedArrowMessages(bytes, root, allocator);
    }
  }

  private MappedArrowMessages(
      MemorySegment bytes, BufferAllocator root, BufferAllocator allocator) {
    this.allocator = allocator;
    this.root = root;
    this.bytes = bytes;
    this.end = bytes.byteSize();
    if (end >= 8 && startsWith(0)) {
      position = 8;
      int footer = end < 18 || !startsWith(end - 6) ? -1 : bytes.get(INT, end - 10);
      if (footer < 0 || footer > end - 18) {
        throw new InputException(
            Kind.MALFORMED, "expected an Arrow file that ends in ARROW1, found one cut short");
      }
      end -= 10 + footer;
      readFooter(Footer.getRootAsFooter(buffer(end, footer)));
    }
  }

  private void readFooter(Footer footer) {
    schema = footer.schema();
    offsets = new ArrayDeque<>();
    for (int i = 0; i < footer.dictionariesLength(); i++) {
      offsets.add(footer.dictionaries(i).offset());
    }
    long minOffset = 0;
    for (int i = 0; i < footer.recordBatchesLength(); i++) {
      Block block = footer.recordBatches(i);
      if (block.offset() < minOffset) { // blocks that overlap let a small file stand for a huge one
        throw new InputException(Kind.MALFORMED, "expected record batches that follow each other");
      }
      offsets.add(block.offset());
      minOffset = Math.max(block.offset() + 1, block.offset() + block.bodyLength());
    }
  }

  private ByteBuffer buffer(long offset, int size) {
    return bytes.asSlice(offset, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  Schema schema() throws IOException {
    return offsets == null ? super.schema() : checked(schema);
  }

  private boolean startsWith(long offset) {
    return bytes.asSlice(offset, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) < 0;
  }

  @Override
  ByteBuffer metadata() {
    if (offsets != null) {
      if (offsets.isEmpty()) {
        return null;
      }
      position = offsets.remove();
      if (position < 0 || position > end - 8) {
        throw new InputException(
            Kind.MALFORMED, "a record batch is at byte %d of %d".formatted(position, end));
      }
    }
    if (end - position < 4) {
      return null; // a stream may end without an end-of-stream marker
    }
    int size = bytes.get(INT, position);
    position += 4;
    if (size == MessageSerializer.IPC_CONTINUATION_TOKEN) {
      size = end - position < 4 ? -1 : bytes.get(INT, position);
      position += 4;
    }
    if (size == 0) {
      return null;
    }
    if (size < 0 || size > end - position) {
      throw new InputException(
          Kind.MALFORMED,
          "expected %d bytes of metadata at byte %d, found %d"
              .formatted(size, position, end - position));
    }
    ByteBuffer metadata = buffer(position, size);
    position += size;
    return metadata;
  }

  @Override
  ArrowBuf body(long size, boolean mayBeMapped) {
    if (size < 0 || size > end - position) {
      throw new InputException(
          Kind.MALFORMED,
          "expected %d bytes of data at byte %d, found %d"
              .formatted(size, position, end - position));
    }
    MemorySegment found = bytes.asSlice(position, size);
    position += size;
    ArrowBuf body = root.wrapForeignAllocation(new Mapping(found));
    if (mayBeMapped) {
      return body;
    }
    try {
      ArrowBuf copy = allocator.buffer(size);
      copy.setBytes(0, body, 0, size);
      copy.writerIndex(size);
      return copy;
    } finally {
      body.close();
    }
  }

  /** Mapped bytes, which Arrow must not free. */
  private static final class Mapping extends ForeignAllocation {
    Mapping(MemorySegment bytes) {
      super(bytes.byteSize(), bytes.address());
    }

    @Override
    protected void release0() {
      // the garbage collector unmaps the file
    }
  }

  /** Returns the part of the mapped file at an address, or null where the address is not in it. */
  MemorySegment at(long address, long size) {
    long offset = address - bytes.address();
    return offset < 0 || offset > bytes.byteSize() - size ? null : bytes.asSlice(offset, size);
  }

  @Override
  double progress() {
    return position / (double) Math.max(1, bytes.byteSize());
  }

  @Override
  long position() {
    return position;
  }
}
