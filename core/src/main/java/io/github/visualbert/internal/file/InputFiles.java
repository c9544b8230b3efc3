package io.github.visualbert.internal.file;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * Files that are read whole, and the errors that all readers share.
 *
 * <p>Every such file has a limit: one of the wrong size is refused by its name instead of filling
 * the heap.
 */
public final class InputFiles {
  /** A scheme has two letters or more, since a drive of Windows has one; Path drops a slash. */
  private static final Pattern URL = Pattern.compile("(?i)[a-z][a-z0-9+.-]+:/.*");

  private InputFiles() {}

  /**
   * Reads an input.
   *
   * @param what what the file should be, for messages: "a picture"
   * @param limit the most bytes it may have
   * @throws InputException when it cannot be read or is larger
   */
  public static byte[] read(Path file, String what, int limit) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isRegularFile() && attributes.size() > limit) {
        throw tooLarge(file, what, limit, Long.toString(attributes.size()));
      }
      return read(file, what, limit, Files.newInputStream(file));
    } catch (IOException e) {
      throw unreadable(file, what, e);
    }
  }

  /** A pipe has no size, and a file may have grown since its size was asked for. */
  private static byte[] read(Path file, String what, int limit, InputStream stream)
      throws IOException {
    try (stream) {
      byte[] bytes = stream.readNBytes(limit);
      if (bytes.length == limit && stream.read() >= 0) {
        throw tooLarge(file, what, limit, "more");
      }
      return bytes;
    }
  }

  private static InputException tooLarge(Path file, String what, int limit, String found) {
    return new InputException(
        Kind.UNSUPPORTED,
        "%s: expected %s of at most %d bytes, found %s".formatted(file, what, limit, found));
  }

  /**
   * Reads a file of a model, as {@link #read} does.
   *
   * @throws ModelException when it cannot be read or is larger
   */
  public static byte[] readOfModel(Path file, String what, int limit) {
    try {
      return read(file, what, limit);
    } catch (InputException e) {
      throw new ModelException(e.kind(), e.getMessage(), e.getCause());
    }
  }

  /** Returns the exception for a file that is not there, is a folder, or fails while it is read. */
  public static InputException unreadable(Path file, String what, IOException e) {
    String why;
    if (e instanceof NoSuchFileException && isUrl(file)) {
      why =
          "expected the path of %s, found a URL; %s".formatted(what, adviceForUrl(file.toString()));
    } else if (e instanceof NoSuchFileException) {
      why = "expected %s, found no such file".formatted(what);
      if (!isUtf8(file)) {
        why += "; a file whose name is not UTF-8 cannot be opened, so give it another name";
      }
    } else if (Files.isDirectory(file)) {
      why = "expected %s, found a folder".formatted(what);
    } else {
      why = "cannot be read (%s)".formatted(reason(e));
    }
    return new InputException(Kind.UNREADABLE, "%s: %s".formatted(file, why), e);
  }

  /** Returns why a file failed, without its name, which the message has already. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException system) {
      return system.getReason() != null ? system.getReason() : e.getClass().getSimpleName();
    }
    if (e instanceof FileNotFoundException) { // "NAME (Permission denied)"
      String message = e.getMessage();
      int begin = message.lastIndexOf(" (");
      return begin < 0 ? message : message.substring(begin + 2, message.length() - 1);
    }
    return e.getMessage() != null ? e.getMessage() : e.toString();
  }

  /**
   * Returns whether Java could read a name from the command line or from a folder: bytes that are
   * not UTF-8 become U+FFFD, and such a path leads to another file, or to none.
   */
  public static boolean isUtf8(Path file) {
    return file.toString().indexOf('\ufffd') < 0;
  }

  /** Returns whether a path that leads nowhere was meant as a URL. */
  public static boolean isUrl(Path path) {
    return URL.matcher(path.toString()).matches();
  }

  /** Returns what to do instead of giving a URL. */
  public static String adviceForUrl(String url) {
    return url.regionMatches(true, 0, "file:", 0, 5)
        ? "give its path without file:"
        : "download it first";
  }

  /** Returns whether a file starts with these bytes, each from 0 to 255. */
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
}
