package io.github.visualbert.cli.file;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of a file that hold one JSON value each, as bytes. Empty lines and a byte order mark
 * are skipped. A line ends with LF, CR LF or CR.
 *
 * <p>Not thread-safe.
 */
public final class JsonLines implements AutoCloseable {
  /** The name of standard input or output. */
  public static final Path STANDARD_STREAM = Path.of("-");

  /** Maximum bytes of a line in a file of a user. */
  public static final int MAX_BYTES = 1 << 26;

  private static final int NONE = -1;

  private final Path file;
  private final InputStream in;
  private final FileChannel channel; // null for a pipe, which has no size
  private final int maxBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private byte[] line = new byte[1 << 10];
  private int length;
  private boolean tooLong;
  private boolean afterReturn; // the last line ended with CR; an LF may follow it
  private boolean begun;
  private long number;
  private volatile double progress = Double.NaN;

  private JsonLines(Path file, InputStream in, FileChannel channel, int maxBytes) {
    this.file = file;
    this.in = in;
    this.channel = channel;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens a file, or standard input for {@code -}.
   *
   * @throws InputException when it cannot be read
   */
  public static JsonLines open(Path file) {
    return file.equals(STANDARD_STREAM) ? open(file, System.in) : open(file, MAX_BYTES);
  }

  /** Opens a file whose lines have at most {@code maxBytes} bytes. */
  public static JsonLines open(Path file, int maxBytes) {
    try {
      if (Files.isDirectory(file)) { // which can be opened, but not read
        throw new IOException();
      }
      FileChannel channel = FileChannel.open(file);
      return new JsonLines(
          file,
          Channels.newInputStream(channel),
          Files.isRegularFile(file) ? channel : null,
          maxBytes);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Reads the lines of a pipe. */
  public static JsonLines open(Path name, InputStream in) {
    return new JsonLines(name, in, null, MAX_BYTES);
  }

  /**
   * Returns the next line that is not empty, or null after the last. A line that is too long is
   * cut, see {@link #requireWhole}.
   *
   * @throws InputException when the file cannot be read
   */
  public byte[] next() {
    try {
      if (!begun) {
        begun = true;
        skipByteOrderMark();
      }
      do {
        if (!readLine()) {
          number++;
          noteProgress();
          return null;
        }
        number++;
      } while (isBlank());
      noteProgress();
      return Arrays.copyOf(line, length);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private void noteProgress() throws IOException {
    if (channel != null) {
      progress = Math.min(1, channel.position() / (double) Math.max(1, channel.size()));
    }
  }

  private void skipByteOrderMark() throws IOException {
    end = in.readNBytes(buffer, 0, TextFiles.HEAD_BYTES);
    at = TextFiles.start(file, buffer, end);
  }

  /** Reads a line, and returns whether there was one. */
  private boolean readLine() throws IOException {
    length = 0;
    tooLong = false;
    int next = read();
    if (next == '\n' && afterReturn) {
      next = read();
    }
    afterReturn = false;
    if (next == NONE) {
      return false;
    }
    for (; next != NONE && next != '\n' && next != '\r'; next = read()) {
      if (length == maxBytes) {
        tooLong = true;
      } else {
        if (length == line.length) {
          line = Arrays.copyOf(line, (int) Math.min(2L * length, maxBytes));
        }
        line[length++] = (byte) next;
      }
    }
    afterReturn = next == '\r';
    return true;
  }

  private int read() throws IOException {
    if (at == end) {
      int count = in.read(buffer);
      if (count <= 0) {
        return NONE;
      }
      at = 0;
      end = count;
    }
    return buffer[at++] & 0xff;
  }

  private boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  /**
   * Checks that the last line was not cut.
   *
   * @throws InputException when it was, as it is longer than allowed
   */
  public void requireWhole() {
    if (tooLong) {
      throw new InputException(
          Kind.MALFORMED,
          "expected a line of at most %d bytes, found a longer one".formatted(maxBytes));
    }
  }

  /** Returns the number of the last line, from 1. */
  public long number() {
    return number;
  }

  /** Returns how much of the file was read, 0 to 1, or NaN where its size is not known. */
  public double progress() {
    return progress;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static InputException unreadable(Path file, IOException e) {
    return InputFiles.unreadable(file, "JSON lines", e);
  }
}
