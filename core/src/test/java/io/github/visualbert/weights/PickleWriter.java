package io.github.visualbert.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes pickles by hand, protocol 2 unless a test says otherwise, so that tests can hold what
 * torch itself would never write.
 */
final class PickleWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  PickleWriter() {
    raw(0x80, 2);
  }

  byte[] toBytes() {
    byte[] pickle = Arrays.copyOf(bytes.toByteArray(), bytes.size() + 1);
    pickle[pickle.length - 1] = '.';
    return pickle;
  }

  PickleWriter raw(int... instructions) {
    for (int instruction : instructions) {
      bytes.write(instruction);
    }
    return this;
  }

  PickleWriter raw(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  PickleWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return raw('X').raw(littleEndian(utf8.length, 4)).raw(utf8);
  }

  PickleWriter integer(long value) {
    return raw(0x8a, 8).raw(littleEndian(value, 8));
  }

  PickleWriter global(String module, String name) {
    return raw('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  PickleWriter tuple(long... values) {
    raw('(');
    for (long value : values) {
      integer(value);
    }
    return raw('t');
  }

  PickleWriter storage(String type, String key, long length) {
    return storage("torch", type, key, length);
  }

  PickleWriter storage(String module, String type, String key, long length) {
    return raw('(')
        .text("storage")
        .global(module, type)
        .text(key)
        .text("cpu")
        .integer(length)
        .raw('t', 'Q');
  }

  /** Writes a view on a storage that {@code storage} writes. */
  PickleWriter tensor(Consumer<PickleWriter> storage, long offset, long[] size, long[] stride) {
    global("torch._utils", "_rebuild_tensor_v2").raw('(');
    storage.accept(this);
    return integer(offset).tuple(size).tuple(stride).raw(0x89).emptyOrderedDict().raw('t', 'R');
  }

  PickleWriter tensor(
      String type, String key, long length, long offset, long[] size, long[] stride) {
    return tensor(writer -> writer.storage(type, key, length), offset, size, stride);
  }

  PickleWriter emptyOrderedDict() {
    return global("collections", "OrderedDict").raw(')', 'R');
  }

  static byte[] littleEndian(long value, int length) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return Arrays.copyOf(bytes, length);
  }
}
