package io.github.visualbert.cli;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The lines of a file that hold one JSON value each; empty lines are passed over.
 *
 * <p>Not thread-safe.
 */
final class JsonLines implements AutoCloseable {
  /** Stands for standard input or output. */
  static final Path STANDARD_STREAM = Path.of("-");

  private final Path file;
  private final BufferedReader reader;
  private long number;

  private JsonLines(Path file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * Opens a file, or standard input for {@code -}.
   *
   * @throws InputException when it cannot be read
   */
  static JsonLines open(Path file) {
    try {
      return new JsonLines(
          file,
          file.equals(STANDARD_STREAM)
              ? new BufferedReader(
                  new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()))
              : Files.newBufferedReader(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Returns the next line that is not empty, or null after the last. */
  String next() {
    try {
      String line;
      do {
        line = reader.readLine();
        number++;
      } while (line != null && line.isBlank());
      return line;
    } catch (CharacterCodingException e) {
      throw new InputException(
          Kind.MALFORMED, file + ": after line " + (number - 1) + ": expected UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Returns the number of the last line, from 1. */
  long number() {
    return number;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static InputException unreadable(Path file, IOException e) {
    String why =
        e instanceof NoSuchFileException
            ? "no such file"
            : Files.isDirectory(file)
                ? "expected a file, found a folder"
                : "cannot be read (" + e + ")";
    return new InputException(Kind.UNREADABLE, file + ": " + why, e);
  }
}
