package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.weights.Pickled.Opaque;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The bytes of a pickle, read piece by piece: where it ends is known only when it has been read.
 */
final class PickleInput {
  /**
   * The pickles of a checkpoint have some ten thousand bytes, those of a dictionary of features
   * some millions.
   */
  static final int LONGEST = 1 << 26;

  /** The longest text that is kept; parameters have names of some fifty characters. */
  private static final int LONGEST_TEXT = 1 << 20;

  /** The longest literal of protocol 0, which may be an array. */
  private static final int LONGEST_LITERAL = 1 << 29;

  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,4096}");

  private static final int PIECE = 1 << 16;

  private final MappedFile file;
  private final byte[] content;
  private final long end;
  private byte[] piece;
  private long pieceStart;
  private long at;

  /** Reads a pickle that lies in the file itself, between two offsets. */
  PickleInput(MappedFile file, long start, long end) {
    this.file = file;
    this.content = null;
    this.at = start;
    this.end = Math.min(end, start + LONGEST);
    this.piece = new byte[0];
    this.pieceStart = start;
  }

  /** Reads a pickle that is the whole file, whose arrays are within it. */
  PickleInput(MappedFile file) {
    this.file = file;
    this.content = null;
    this.end = file.size();
    this.piece = new byte[0];
  }

  /** Reads a pickle that was copied from the file. */
  PickleInput(MappedFile file, byte[] content) {
    this.file = file;
    this.content = content;
    this.end = content.length;
    this.piece = content;
  }

  long position() {
    return at;
  }

  int u1() {
    need(1);
    return piece[(int) (at++ - pieceStart)] & 0xff;
  }

  /** Reads a little-endian number of up to 8 bytes, without sign unless it has 8. */
  long littleEndian(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) u1() << 8 * i;
    }
    return value;
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(littleEndian(Double.BYTES)));
  }

  /** Reads as many bytes as were announced. */
  byte[] bytes(long length) {
    if (length < 0 || length > LONGEST_TEXT) {
      throw malformed("a value of %s bytes".formatted(Long.toUnsignedString(length)));
    }
    need(length);
    byte[] bytes = new byte[(int) length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) u1();
    }
    return bytes;
  }

  /**
   * Reads a text of UTF-8. One that can be no name is passed over: it is very long, or has halves
   * of surrogate pairs, with which Python writes bytes of file names that are no characters.
   *
   * @return a String or {@link Opaque#OTHER}
   */
  Object text(long length) {
    if (length > LONGEST_TEXT) {
      skip(length);
      return Opaque.OTHER;
    }
    byte[] bytes = bytes(length);
    try {
      return decode(bytes);
    } catch (CharacterCodingException e) {
      for (int i = 0; i + 2 < bytes.length; i++) {
        if (bytes[i] == (byte) 0xed && (bytes[i + 1] & 0xe0) == 0xa0) {
          Arrays.fill(bytes, i, i + 3, (byte) '?');
        }
      }
    }
    try {
      decode(bytes);
      return Opaque.OTHER;
    } catch (CharacterCodingException e) {
      throw malformed("a text that is not UTF-8");
    }
  }

  private static String decode(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }

  /** Reads to the end of the line, which is not returned. */
  String line() {
    return line(LONGEST_TEXT);
  }

  private String line(int longest) {
    StringBuilder line = new StringBuilder();
    for (int next = u1(); next != '\n'; next = u1()) {
      if (line.length() == longest) {
        throw malformed("a line without end");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  /** Reads the number of a value of protocol 0. */
  long decimal() {
    String line = line();
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException e) {
      throw malformed("a line that is no number");
    }
  }

  /** Reads an integer of protocol 0, or a truth, which is written with a zero in front. */
  Object truthOrInteger() {
    String line = line();
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> integer(line);
    };
  }

  /** Reads a long integer of protocol 0. */
  Object integer() {
    String line = line();
    return integer(line.endsWith("L") ? line.substring(0, line.length() - 1) : line);
  }

  /** Returns a Long; {@link Opaque#OTHER} for one that needs more bits. */
  private Object integer(String digits) {
    if (!INTEGER.matcher(digits).matches()) {
      throw malformed("a line that is no number");
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return Opaque.OTHER;
    }
  }

  /** Reads a floating-point number of protocol 0, which no tensor is made of. */
  Object real() {
    line();
    return Opaque.OTHER;
  }

  /** Reads a string of Python 2 in protocol 0: a literal whose characters are bytes. */
  String quoted() {
    String line = line(LONGEST_LITERAL);
    int last = line.length() - 1;
    if (last < 1
        || line.charAt(0) != line.charAt(last)
        || line.charAt(0) != '\'' && line.charAt(0) != '"') {
      throw malformed("a string without quotes");
    }
    return PickleLiteral.unquote(line.substring(1, last), this);
  }

  /** Reads a text of protocol 0. */
  String escaped() {
    return PickleLiteral.unescape(line(LONGEST_LITERAL), this);
  }

  void skip(long length) {
    if (length < 0 || length > end - at) {
      throw malformed(
          "%s bytes where %d are left".formatted(Long.toUnsignedString(length), end - at));
    }
    at += length;
  }

  /** Makes the byte at the position available, and checks that so many follow. */
  private void need(long length) {
    if (length > end - at) {
      throw malformed("its end is missing");
    }
    if (content == null && (at < pieceStart || at >= pieceStart + piece.length) && length > 0) {
      piece = file.read(at, (int) Math.min(PIECE, end - at));
      pieceStart = at;
    }
  }

  ModelException malformed(String what) {
    return file.malformed("pickle, byte %d: %s".formatted(at, what));
  }
}
