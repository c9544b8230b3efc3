package io.github.visualbert.cli.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file or stream cannot be written, for example because the disk is full. */
public final class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutputException(Path file, IOException cause) {
    super("%s: cannot be written (%s)".formatted(file, reason(cause)), cause);
  }

  private static String reason(IOException cause) {
    return cause instanceof FileSystemException e && e.getReason() != null
        ? e.getReason()
        : cause.getMessage() != null && !(cause instanceof FileSystemException)
            ? cause.getMessage()
            : cause.getClass().getSimpleName();
  }
}
