package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The bytes of an array of numpy, as the pickle has them.
 *
 * @param data a string whose characters are the bytes, or {@link Bytes}
 * @param size how many bytes the array needs
 * @param reversed the bytes of an element where they are in big-endian order, else 1
 */
record ArrayBytes(Object data, long size, int reversed) {

  /** Returns how many bytes the pickle has, as it has them. */
  long length() {
    return data instanceof Bytes run ? run.length() : ((String) data).length();
  }

  /** Returns whether there are as many bytes; of UTF-8 that shows when they are read. */
  boolean mayHold(long needed) {
    long length = length();
    return data instanceof Bytes run && run.utf8()
        ? needed <= length && length - needed <= needed
        : needed == length;
  }

  /** Returns the bytes: those of the mapped file where they are what the array needs. */
  MemorySegment in(MappedFile file, Arena arena) {
    if (data instanceof Bytes run && !run.utf8() && reversed == 1) {
      return file.slice(run.offset(), run.length());
    }
    MemorySegment bytes = arena.allocate(size, 64); // no more than the file has
    if (data instanceof String text) {
      for (int i = 0; i < text.length(); i++) {
        bytes.set(ValueLayout.JAVA_BYTE, i, single(text.charAt(i), file));
      }
    } else {
      copy((Bytes) data, file, bytes);
    }
    for (long at = 0; reversed > 1 && at < size; at += reversed) {
      reverse(bytes.asSlice(at, reversed));
    }
    return bytes;
  }

  private static byte single(int character, MappedFile file) {
    if (character > 0xff) {
      throw file.malformed("pickle: bytes with a character beyond 255");
    }
    return (byte) character;
  }

  private void copy(Bytes run, MappedFile file, MemorySegment to) {
    long end = run.offset() + run.length();
    long out = 0;
    int piece = 1 << 16;
    for (long at = run.offset(); at < end; ) {
      byte[] read = file.read(at, (int) Math.min(piece, end - at));
      int i = 0;
      while (i < read.length) {
        int character = read[i] & 0xff;
        int length = 1;
        if (run.utf8() && character >= 0x80) {
          if (i + 1 == read.length && at + read.length < end) {
            break; // the rest of this character is in the next piece
          }
          int next = i + 1 < read.length ? read[i + 1] & 0xff : 0;
          if ((character & 0xfe) != 0xc2 || (next & 0xc0) != 0x80) {
            throw file.malformed("pickle: bytes that are no UTF-8 of characters up to 255");
          }
          character = (character & 3) << 6 | next & 0x3f;
          length = 2;
        }
        if (out == size) {
          throw wrongLength(file);
        }
        to.set(ValueLayout.JAVA_BYTE, out++, (byte) character);
        i += length;
      }
      at += i;
    }
    if (out != size) {
      throw wrongLength(file);
    }
  }

  private RuntimeException wrongLength(MappedFile file) {
    return file.malformed("pickle: an array needs %d bytes, found others".formatted(size));
  }

  private static void reverse(MemorySegment element) {
    for (long i = 0, j = element.byteSize() - 1; i < j; i++, j--) {
      byte low = element.get(ValueLayout.JAVA_BYTE, i);
      element.set(ValueLayout.JAVA_BYTE, i, element.get(ValueLayout.JAVA_BYTE, j));
      element.set(ValueLayout.JAVA_BYTE, j, low);
    }
  }
}
