package io.github.visualbert.internal.file;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Bytes of input files, with the errors that every reader shares. */
public final class InputFiles {
  private InputFiles() {}

  /** Reads a whole file that may have at most {@code limit} bytes. */
  public static byte[] readAll(Path file, int limit) {
    if (Files.isDirectory(file)) {
      throw new InputException(
          Kind.UNREADABLE, "%s: expected a file, found a folder".formatted(file));
    }
    // A size asked for beforehand would say nothing about a pipe, and could change until the file
    // is read.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit);
      if (bytes.length == limit && in.read() >= 0) {
        throw new InputException(
            Kind.UNSUPPORTED, "%s: expected at most %d bytes".formatted(file, limit));
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  public static InputException unreadable(Path file, IOException e) {
    String why = e instanceof NoSuchFileException ? "no such file" : "cannot be read (" + e + ")";
    return new InputException(Kind.UNREADABLE, "%s: %s".formatted(file, why), e);
  }

  public static boolean startsWith(byte[] file, int... magic) {
    if (file.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((file[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** Says in a few words what a file seems to be, for those that are of no use. */
  public static String describe(byte[] file) {
    if (file.length == 0) {
      return "an empty file";
    }
    if (startsWith(file, 0x89, 'P', 'N', 'G')) {
      return "a PNG picture";
    }
    if (startsWith(file, 0xff, 0xd8, 0xff)) {
      return "a JPEG picture";
    }
    if (startsWith(file, 'G', 'I', 'F', '8')) {
      return "a GIF";
    }
    if (startsWith(file, 'B', 'M')) {
      return "a BMP";
    }
    if (startsWith(file, 'I', 'I', '*', 0) || startsWith(file, 'M', 'M', 0, '*')) {
      return "a TIFF";
    }
    if (startsWith(file, 'R', 'I', 'F', 'F') && at(file, 8, "WEBP")) {
      return "a WebP";
    }
    if (at(file, 4, "ftypavif") || at(file, 4, "ftyphei")) {
      return "an AVIF or HEIC";
    }
    if (startsWith(file, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return "a NumPy array";
    }
    StringBuilder hex = new StringBuilder("a file that starts with the bytes");
    for (int i = 0; i < Math.min(8, file.length); i++) {
      hex.append(" %02x".formatted(file[i]));
    }
    return hex.toString();
  }

  private static boolean at(byte[] file, int offset, String text) {
    byte[] magic = text.getBytes(StandardCharsets.US_ASCII);
    if (file.length < offset + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (file[offset + i] != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
