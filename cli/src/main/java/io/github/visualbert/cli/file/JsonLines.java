package io.github.visualbert.cli.file;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
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
public final class JsonLines implements AutoCloseable {
  /** Stands for standard input or output. */
  public static final Path STANDARD_STREAM = Path.of("-");

  private final Path file;
  private final BufferedReader reader;
  private final FileChannel channel; // null for a pipe, which has no size
  private long number;
  private volatile double progress = Double.NaN;

  private JsonLines(Path file, BufferedReader reader, FileChannel channel) {
    this.file = file;
    this.reader = reader;
    this.channel = channel;
  }

  /**
   * Opens a file, or standard input for {@code -}.
   *
   * @throws InputException when it cannot be read
   */
  public static JsonLines open(Path file) {
    try {
      if (file.equals(STANDARD_STREAM)) {
        return open(file, System.in);
      }
      if (Files.isDirectory(file)) { // which can be opened, but not read
        throw new IOException();
      }
      FileChannel channel = FileChannel.open(file);
      return new JsonLines(
          file,
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8.newDecoder(), -1)),
          Files.isRegularFile(file) ? channel : null);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Reads what a pipe brings. */
  public static JsonLines open(Path name, InputStream in) {
    return new JsonLines(
        name,
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())),
        null);
  }

  /** Returns the next line that is not empty, or null after the last. */
  public String next() {
    try {
      String line;
      do {
        line = reader.readLine();
        number++;
      } while (line != null && line.isBlank());
      if (channel != null) {
        progress = Math.min(1, channel.position() / (double) Math.max(1, channel.size()));
      }
      return line;
    } catch (CharacterCodingException e) {
      throw new InputException(
          Kind.MALFORMED, file + ": after line " + (number - 1) + ": expected UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, e);
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
