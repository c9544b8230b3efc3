package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.file.TextFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of a text behind its byte order mark, read one by one, with the number of their line.
 * Not thread-safe.
 */
final class ByteSource implements AutoCloseable {
  /** Stands for standard input. */
  private static final Path STANDARD_INPUT = Path.of("-");

  /** The most bytes of one line or record: many times what any of the published files has. */
  static final int MAX_RECORD_BYTES = 16 << 20;

  private final Path file;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private boolean begun;
  private long line = 1;

  private ByteSource(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Opens a file, or standard input for {@code -}.
   *
   * @throws InputException when it cannot be read
   */
  static ByteSource open(Path file) {
    if (file.equals(STANDARD_INPUT)) {
      return new ByteSource(file, System.in);
    }
    try {
      if (Files.isDirectory(file)) { // which can be opened, but not read
        throw new IOException();
      }
      return new ByteSource(file, Files.newInputStream(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Returns the next byte without consuming it, or -1 at the end. */
  int peek() {
    if (at == end) {
      try {
        if (begun) {
          at = 0;
          end = Math.max(0, in.read(buffer));
        } else {
          begun = true;
          end = in.readNBytes(buffer, 0, TextFiles.HEAD_BYTES);
          at = TextFiles.start(file, buffer, end);
          return peek();
        }
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }
    return at == end ? -1 : buffer[at] & 0xff;
  }

  /** Consumes and returns the next byte, or returns -1 at the end. */
  int read() {
    int next = peek();
    if (next >= 0) {
      at++;
      line += next == '\n' ? 1 : 0;
    }
    return next;
  }

  /** Skips blanks and line ends, and returns the byte after them without consuming it. */
  int peekAfterSpace() {
    int next = peek();
    while (next == ' ' || next == '\t' || next == '\r' || next == '\n') {
      read();
      next = peek();
    }
    return next;
  }

  /**
   * Consumes the rest of the line and its end.
   *
   * @throws InputException when it is too long
   */
  byte[] readLine() {
    Line start = line();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = read(); next >= 0 && next != '\n'; next = read()) {
      append(bytes, next, start);
    }
    return bytes.toByteArray();
  }

  /**
   * Consumes the rest of the line and its end, and returns it without blanks around it.
   *
   * @throws InputException when it is too long or not UTF-8
   */
  String readText() {
    Line start = line();
    byte[] bytes = readLine();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().strip();
    } catch (CharacterCodingException e) {
      throw start.malformed("expected UTF-8");
    }
  }

  /** Adds a byte to a record that began at a line. */
  static void append(ByteArrayOutputStream record, int next, Line start) {
    if (record.size() == MAX_RECORD_BYTES) {
      throw start.malformed(
          "expected at most " + (MAX_RECORD_BYTES >> 20) + " MiB in one record, found more");
    }
    record.write(next);
  }

  /** Returns where the next byte stands. */
  Line line() {
    return new Line(file, line);
  }

  Path file() {
    return file;
  }

  @Override
  public void close() {
    try {
      if (!file.equals(STANDARD_INPUT)) {
        in.close();
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static InputException unreadable(Path file, IOException e) {
    return InputFiles.unreadable(file, "a file", e);
  }
}
