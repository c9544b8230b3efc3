package io.github.visualbert.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The entries of a zip archive and where their bytes lie, so that stored ones can be used where
 * they are.
 *
 * <p>The central directory alone says what there is (with the 64-bit fields of large archives); a
 * local header is only asked where the data of its entry begins. Nothing is ever unpacked to a
 * file, so names are names and nothing else. What an archive may claim is bounded by its own size:
 * the directory has at most 16 MB, a name occurs once, data lie between the first byte and the
 * directory, and all that is inflated together is at most 16 times as long as the file.
 */
final class ZipDirectory {
  private static final int LONGEST = 1 << 24;
  private static final int INFLATION = 16;

  private static final int END_LENGTH = 22;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_LOCATOR = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final long MAX_32 = 0xffffffffL;

  /** A file of the archive; {@code size} is what it holds, {@code storedSize} what it occupies. */
  record Entry(
      String name, int flags, int method, int crc, long storedSize, long size, long header) {
    boolean isStored() {
      return method == 0;
    }
  }

  private final MappedFile file;
  private final long start;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long inflatable;

  ZipDirectory(MappedFile file) {
    this.file = file;
    this.inflatable = Math.max(1 << 20, Math.multiplyExact(file.size(), (long) INFLATION));
    ByteBuffer end = end();
    long endAt = file.size() - end.limit();
    long count = u16(end, 10);
    long length = u32(end, 12);
    long offset = u32(end, 16);
    if (count == 0xffff || length == MAX_32 || offset == MAX_32) {
      ByteBuffer end64 = end64(endAt);
      count = end64.getLong(32);
      length = end64.getLong(40);
      offset = end64.getLong(48);
    }
    if (offset < 0 || length < 0 || offset > endAt || length > endAt - offset) {
      throw file.malformed("the directory of the zip archive lies outside the file");
    }
    if (length > LONGEST) {
      throw file.unsupported(
          "the directory of the zip archive has %d bytes, more than %d".formatted(length, LONGEST));
    }
    this.start = offset;
    readEntries(buffer(offset, (int) length), count);
  }

  Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /**
   * Finds the record that ends the archive: before a comment that reaches to the end of the file.
   */
  private ByteBuffer end() {
    int length = (int) Math.min(file.size(), END_LENGTH + 0xffff);
    ByteBuffer tail = buffer(file.size() - length, length);
    for (int at = length - END_LENGTH; at >= 0; at--) {
      if (tail.getInt(at) == END && u16(tail, at + 20) == length - END_LENGTH - at) {
        return tail.slice(at, length - at).order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw file.malformed("the zip archive has no end: the file was cut short");
  }

  private ByteBuffer end64(long endAt) {
    long at = endAt - 20;
    ByteBuffer locator = at < 0 ? null : buffer(at, 20);
    if (locator != null && locator.getInt(0) == END_64_LOCATOR) {
      long offset = locator.getLong(8);
      if (offset >= 0 && offset <= at - 56) {
        ByteBuffer end = buffer(offset, 56);
        if (end.getInt(0) == END_64) {
          return end;
        }
      }
    }
    throw file.malformed("the zip archive needs 64-bit sizes and does not have them");
  }

  private void readEntries(ByteBuffer directory, long count) {
    int at = 0;
    for (long i = 0; i < count; i++) {
      if (directory.limit() - at < 46 || directory.getInt(at) != CENTRAL) {
        throw file.malformed(
            "the directory of the zip archive ends after %d of %d entries".formatted(i, count));
      }
      int nameLength = u16(directory, at + 28);
      int extraLength = u16(directory, at + 30);
      int next = at + 46 + nameLength + extraLength + u16(directory, at + 32);
      if (next > directory.limit()) {
        throw file.malformed(
            "the directory of the zip archive ends after %d of %d entries".formatted(i, count));
      }
      ByteBuffer extra = extra64(directory, at + 46 + nameLength, extraLength);
      long size = field64(u32(directory, at + 24), extra);
      long storedSize = field64(u32(directory, at + 20), extra);
      long header = field64(u32(directory, at + 42), extra);
      String name = name(directory, at + 46, nameLength);
      Entry entry =
          new Entry(
              name,
              u16(directory, at + 8),
              u16(directory, at + 10),
              directory.getInt(at + 16),
              storedSize,
              size,
              header);
      if (entries.put(name, entry) != null) {
        throw file.malformed(
            "the zip archive has two entries %s".formatted(TensorInfo.quote(name)));
      }
      at = next;
    }
  }

  /** Returns the 64-bit values that an entry has beside its 32-bit ones, possibly none. */
  private static ByteBuffer extra64(ByteBuffer directory, int from, int length) {
    int at = from;
    while (from + length - at >= 4) {
      int size = u16(directory, at + 2);
      if (size > from + length - at - 4) {
        break;
      }
      if (u16(directory, at) == 1) {
        return directory.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN);
      }
      at += 4 + size;
    }
    return ByteBuffer.allocate(0);
  }

  private long field64(long value, ByteBuffer extra) {
    if (value != MAX_32) {
      return value;
    }
    long wide = extra.remaining() < Long.BYTES ? -1 : extra.getLong();
    if (wide < 0) {
      throw file.malformed("the zip archive has an entry without a size");
    }
    return wide;
  }

  private String name(ByteBuffer directory, int from, int length) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(directory.slice(from, length)).toString();
    } catch (CharacterCodingException e) {
      throw file.malformed("the zip archive has an entry whose name is not UTF-8", e);
    }
  }

  /** Returns where the bytes of an entry begin in the file. */
  long dataOffset(Entry entry) {
    String quoted = TensorInfo.quote(entry.name());
    if ((entry.flags() & 1) != 0) {
      throw file.unsupported("the entry %s is encrypted".formatted(quoted));
    }
    if (entry.isStored() && entry.storedSize() != entry.size()) {
      throw file.malformed(
          "the entry %s holds %d bytes in %d".formatted(quoted, entry.size(), entry.storedSize()));
    }
    if (entry.header() <= start - 30) {
      ByteBuffer local = buffer(entry.header(), 30);
      long offset = entry.header() + 30 + u16(local, 26) + u16(local, 28);
      if (local.getInt(0) == LOCAL && offset <= start && entry.storedSize() <= start - offset) {
        return offset;
      }
    }
    throw file.malformed("the entry %s lies outside the data of the zip archive".formatted(quoted));
  }

  /**
   * Copies the content of an entry, inflated where it is compressed, and checks its sum.
   *
   * @param longest how much the caller is ready for
   */
  byte[] read(Entry entry, int longest) {
    String quoted = TensorInfo.quote(entry.name());
    if (entry.size() > longest) {
      throw file.unsupported(
          "the entry %s has %d bytes, more than %d".formatted(quoted, entry.size(), longest));
    }
    long offset = dataOffset(entry);
    byte[] content =
        entry.isStored() ? file.read(offset, (int) entry.size()) : inflate(entry, offset);
    CRC32 sum = new CRC32();
    sum.update(content);
    if ((int) sum.getValue() != entry.crc()) {
      throw file.malformed("the entry %s does not have the checksum it should".formatted(quoted));
    }
    return content;
  }

  private byte[] inflate(Entry entry, long offset) {
    String quoted = TensorInfo.quote(entry.name());
    inflatable -= entry.size();
    if (entry.method() != 8 || inflatable < 0 || entry.storedSize() > Integer.MAX_VALUE - 8) {
      throw file.unsupported(
          "the entry %s is compressed by method %d, %d bytes to %d"
              .formatted(quoted, entry.method(), entry.size(), entry.storedSize()));
    }
    byte[] content = new byte[(int) entry.size()];
    Inflater inflater = new Inflater(true);
    try {
      // The extra byte is what zlib asks for behind a stream without header.
      inflater.setInput(
          Arrays.copyOf(file.read(offset, (int) entry.storedSize()), (int) entry.storedSize() + 1));
      int length = 0;
      int step;
      while (length < content.length
          && (step = inflater.inflate(content, length, content.length - length)) > 0) {
        length += step;
      }
      if (length != content.length || inflater.inflate(new byte[1]) != 0) {
        throw file.malformed(
            "the entry %s does not inflate to %d bytes".formatted(quoted, entry.size()));
      }
    } catch (DataFormatException e) {
      throw file.malformed("the entry %s is not compressed data".formatted(quoted), e);
    } finally {
      inflater.end();
    }
    return content;
  }

  private ByteBuffer buffer(long offset, int length) {
    return ByteBuffer.wrap(file.read(offset, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int u16(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private static long u32(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }
}
