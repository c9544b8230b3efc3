package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads a {@code vocab.txt} line by line, each in a call of its own: the JVM compiles a method that
 * is called often sooner than a loop that runs long.
 */
final class VocabularyReader {
  /** The largest file that is read, ten times that of the largest published BERT vocabularies. */
  static final int MAX_BYTES = 8 << 20;

  private final Path file;
  private final byte[] bytes;
  private int at;

  /** The chars of the tokens so far, without line endings. */
  private final char[] chars;

  private int length;

  private VocabularyReader(Path file) {
    this.file = file;
    bytes = TextFiles.readOfModel(file, "a vocabulary", MAX_BYTES);
    chars = new char[bytes.length];
  }

  /** Reads the tokens of a file as {@link Vocabulary#read(Path)} describes it. */
  static TokenTable read(Path file) {
    return new VocabularyReader(file).table();
  }

  private TokenTable table() {
    if (bytes.length == 0) {
      throw malformed("is empty; expected a token on every line");
    }
    int[] starts = new int[bytes.length / 8 + 2];
    int size = 0;
    while (at < bytes.length) {
      readLine(size + 1);
      if (++size == starts.length) {
        starts = Arrays.copyOf(starts, 2 * size);
      }
      starts[size] = length;
    }
    TokenTable table = new TokenTable(chars, Arrays.copyOf(starts, size + 1));
    for (int id = 0; id < size; id++) {
      int first = table.add();
      if (first != TokenTable.NONE) {
        throw malformed(
            "the token %s is on line %d and again on line %d"
                .formatted(quote(table.token(id)), first + 1, id + 1));
      }
    }
    return table;
  }

  /** Appends the token of the next line; its number is for messages. */
  private void readLine(int line) {
    int start = at;
    int to = length;
    int signs = 0;
    int returns = 0;
    byte b = 0;
    while (at < bytes.length && (b = bytes[at++]) != '\n') {
      signs |= b;
      returns += b == '\r' ? 1 : 0;
      chars[to++] = (char) b;
    }
    if (signs < 0) {
      to = decode(start, b == '\n' ? at - 1 : at, line);
    }
    if (b == '\n' && to > length && chars[to - 1] == '\r') {
      to--;
      returns--;
    }
    if (to == length) {
      throw malformed("line %d is empty; expected a token on every line".formatted(line));
    }
    if (returns > 0) {
      throw malformed("line %d has a carriage return in it".formatted(line));
    }
    length = to;
  }

  /** Decodes a line that is not ASCII, and returns where its characters end. */
  private int decode(int start, int end, int line) {
    String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    // What is not UTF-8 has become U+FFFD, which may also be in the file as such.
    if (text.indexOf('\ufffd') >= 0) {
      byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
      if (!Arrays.equals(encoded, 0, encoded.length, bytes, start, end)) {
        throw malformed("line %d is not UTF-8".formatted(line));
      }
    }
    text.getChars(0, text.length(), chars, length);
    return length + text.length();
  }

  private ModelException malformed(String what) {
    return new ModelException(Kind.MALFORMED, file + ": " + what);
  }
}
