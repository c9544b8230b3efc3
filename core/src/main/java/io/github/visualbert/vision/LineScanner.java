package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Scans the lines of a file of any size. Of the current line it keeps the offset, the length, the
 * number of tab-separated fields and the first bytes.
 *
 * <p>Lines end with LF or CRLF. Empty lines and a byte order mark are skipped.
 */
final class LineScanner {
  /** The most bytes of a line's start that are kept. */
  static final int MAX_START_BYTES = 1024;

  private static final int CHUNK_BYTES = 1 << 16;

  private final SeekableByteChannel channel;
  private final Path file;
  private final int maxLineBytes;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int chunkAt;
  private int chunkEnd;
  private long position; // the file offset of the end of the chunk
  private int number;

  private long offset;
  private int length;
  private int fields;
  private final byte[] start = new byte[MAX_START_BYTES];
  private int startLength;

  LineScanner(SeekableByteChannel channel, Path file, int maxLineBytes) {
    this.channel = channel;
    this.file = file;
    this.maxLineBytes = maxLineBytes;
  }

  /** Goes to the next line that is not empty; returns false when there is none. */
  boolean next() {
    do {
      if (chunkAt == chunkEnd && !fill()) {
        return false;
      }
      number++;
      scan();
    } while (length == 0);
    return true;
  }

  private void scan() {
    offset = position - chunkEnd + chunkAt;
    fields = 1;
    startLength = 0;
    long bytes = 0;
    byte last = 0;
    boolean ended = false;
    while (!ended && (chunkAt < chunkEnd || fill())) {
      int from = chunkAt;
      int at = from;
      int tabs = 0;
      while (at < chunkEnd && chunk[at] != '\n') {
        tabs += chunk[at++] == '\t' ? 1 : 0;
      }
      fields += tabs;
      bytes += at - from;
      if (at > from) {
        last = chunk[at - 1];
      }
      int kept = Math.min(at - from, MAX_START_BYTES - startLength);
      System.arraycopy(chunk, from, start, startLength, kept);
      startLength += kept;
      ended = at < chunkEnd;
      chunkAt = ended ? at + 1 : at;
      if (bytes > maxLineBytes) {
        throw new InputException(
            Kind.UNSUPPORTED,
            "%s, line %d: expected at most %d bytes".formatted(file, number, maxLineBytes));
      }
    }
    length = (int) bytes - (last == '\r' ? 1 : 0);
    startLength = Math.min(startLength, length);
  }

  private boolean fill() {
    try {
      channel.position(position);
      int count = channel.read(ByteBuffer.wrap(chunk));
      chunkEnd = Math.max(0, count);
      chunkAt = position == 0 ? TextFiles.start(file, chunk, chunkEnd) : 0;
      position += chunkEnd;
      return chunkAt < chunkEnd;
    } catch (IOException e) {
      throw InputFiles.unreadable(file, "region features", e);
    }
  }

  /** Returns the number of the line, the first being 1. */
  int number() {
    return number;
  }

  /** Returns the file offset of the line. */
  long offset() {
    return offset;
  }

  /** Returns the length of the line in bytes, without its line ending. */
  int length() {
    return length;
  }

  int fields() {
    return fields;
  }

  /** Returns the first {@link #MAX_START_BYTES} of the line as UTF-8. */
  String start() {
    return new String(start, 0, startLength, StandardCharsets.UTF_8);
  }

  /** Reads a line again. */
  static byte[] read(SeekableByteChannel channel, Path file, long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try {
      channel.position(offset);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new InputException(
              Kind.MALFORMED,
              "%s: cut short while it was read, at byte %d".formatted(file, channel.size()));
        }
      }
    } catch (IOException e) {
      throw InputFiles.unreadable(file, "region features", e);
    }
    return bytes.array();
  }
}
