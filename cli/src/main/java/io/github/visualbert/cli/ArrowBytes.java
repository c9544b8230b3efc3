package io.github.visualbert.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A buffer of an Arrow column that grows as values are added. Not thread-safe. */
final class ArrowBytes {
  private ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
  private int bits;

  private ByteBuffer room(int more) {
    if (bytes.remaining() < more) {
      int capacity = Math.max(Math.multiplyExact(2, bytes.capacity()), bytes.position() + more);
      bytes = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
    }
    return bytes;
  }

  void addInt(int value) {
    room(4).putInt(value);
  }

  void addLong(long value) {
    room(8).putLong(value);
  }

  void addDouble(double value) {
    room(8).putDouble(value);
  }

  void addFloats(float[] values) {
    room(4 * values.length);
    for (float value : values) {
      bytes.putFloat(value);
    }
  }

  void addUtf8(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    room(utf8.length).put(utf8);
  }

  void addBit(boolean bit) {
    if ((bits & 7) == 0) {
      room(1).put((byte) 0);
    }
    if (bit) {
      int at = bits >> 3;
      bytes.put(at, (byte) (bytes.get(at) | 1 << (bits & 7)));
    }
    bits++;
  }

  /** Returns how many bytes were added. */
  int size() {
    return bytes.position();
  }

  /** Returns the bytes, which end at the buffer's position. */
  ByteBuffer bytes() {
    return bytes;
  }
}
