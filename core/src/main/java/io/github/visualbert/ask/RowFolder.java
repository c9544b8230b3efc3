package io.github.visualbert.ask;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The folder that the names of files in rows are relative to. */
public record RowFolder(Path folder) {
  private static final Pattern URL = Pattern.compile("(?i)[a-z][a-z0-9+.-]+:/");

  /**
   * Returns the path of a file that an option names.
   *
   * @throws InputException when it is none
   */
  public Path path(String file) {
    if (URL.matcher(file).lookingAt()) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: expected the path of a file, found a URL; %s"
              .formatted(file, InputFiles.adviceForUrl(file)));
    }
    try {
      return folder.resolve(file);
    } catch (InvalidPathException e) {
      throw new InputException(Kind.MALFORMED, "expected the path of a file: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the path of a file that a row names, unless it is that of a pipe or device: a read of
   * it may never end, and nobody sees which of many rows waits.
   *
   * @throws InputException when it is, or is no path
   */
  public Path file(String name) {
    Path path = path(name);
    if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
      throw new InputException(
          Kind.UNSUPPORTED, path + ": expected a file, found a pipe or a device");
    }
    return path;
  }
}
