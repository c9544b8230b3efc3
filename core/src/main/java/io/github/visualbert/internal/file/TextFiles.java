package io.github.visualbert.internal.file;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The one rule for files of text: they are UTF-8, and a byte order mark at the start is ignored.
 *
 * <p>Editors and shells of Windows write such a mark, or UTF-16, which is refused by its name. So
 * is what often stands in place of a text: a Git LFS pointer, a web page.
 */
public final class TextFiles {
  /** The bytes at the start of a text that {@link #start} looks at. */
  public static final int HEAD_BYTES = 3;

  /** Enough to tell a web page by. */
  private static final int FORMAT_BYTES = 1024;

  private TextFiles() {}

  /**
   * Returns where a text begins: behind the byte order mark, if it has one.
   *
   * @param file for messages
   * @param head the first bytes of the file, {@link #HEAD_BYTES} of them where it has as many
   * @param length how many bytes of {@code head} there are
   * @throws InputException of kind MALFORMED when it is UTF-16 or UTF-32
   */
  public static int start(Path file, byte[] head, int length) {
    if (length >= 2 && isUtf16(head[0] & 0xff, head[1] & 0xff)) {
      throw new InputException(Kind.MALFORMED, file + ": expected UTF-8, found UTF-16");
    }
    boolean marked =
        length >= 3 && head[0] == (byte) 0xef && head[1] == (byte) 0xbb && head[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  /** No UTF-8 begins with 0xfe or 0xff, and no text has a zero byte. */
  private static boolean isUtf16(int first, int second) {
    return first >= 0xfe || first == 0 || second == 0;
  }

  /**
   * Reads a text.
   *
   * @param what what the file should be, for messages: "labels"
   * @param limit the most bytes it may have
   * @return its bytes behind the byte order mark
   * @throws InputException when it cannot be read, is larger, or is not UTF-8 by its first bytes
   */
  public static byte[] read(Path file, String what, int limit) {
    return content(file, what, InputFiles.read(file, what, limit));
  }

  /**
   * Reads a text of a model, as {@link #read} does.
   *
   * @throws ModelException where {@link #read} throws
   */
  public static byte[] readOfModel(Path file, String what, int limit) {
    return contentOfModel(file, what, InputFiles.readOfModel(file, what, limit));
  }

  /** Returns the bytes of a text behind the byte order mark; throws as {@link #read} does. */
  public static byte[] content(Path file, String what, byte[] bytes) {
    byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, FORMAT_BYTES));
    if (isOfAnotherFormat(head)) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: expected %s, found %s".formatted(file, what, FileFormat.describe(head)));
    }
    int start = start(file, bytes, bytes.length);
    return start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length);
  }

  /** Only what no text begins with counts: "GIF8" may well be the first of some labels. */
  private static boolean isOfAnotherFormat(byte[] head) {
    return switch (FileFormat.of(head)) {
      case GIT_LFS_POINTER, HTML -> true;
      case EMPTY, JSON, SVG, TEXT, UNKNOWN, UTF_16, XML -> false;
      default -> hasControlBytes(head);
    };
  }

  private static boolean hasControlBytes(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < ' ' && !Character.isWhitespace(b)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the bytes of a model's text behind the byte order mark. */
  public static byte[] contentOfModel(Path file, String what, byte[] bytes) {
    try {
      return content(file, what, bytes);
    } catch (InputException e) {
      throw new ModelException(e.kind(), e.getMessage(), e);
    }
  }

  /**
   * Returns a stream of a text that begins behind the byte order mark.
   *
   * @throws InputException of kind MALFORMED when it is UTF-16
   */
  public static InputStream content(Path file, InputStream stream) throws IOException {
    byte[] head = stream.readNBytes(HEAD_BYTES);
    int start = start(file, head, head.length);
    PushbackInputStream content = new PushbackInputStream(stream, HEAD_BYTES);
    content.unread(head, start, head.length - start);
    return content;
  }
}
