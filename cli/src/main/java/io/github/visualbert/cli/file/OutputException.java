package io.github.visualbert.cli.file;

import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.nio.file.Path;

/** A file or stream cannot be written, for example because the disk is full. */
public final class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutputException(Path file, IOException cause) {
    super("%s: cannot be written (%s)".formatted(file, InputFiles.reason(cause)), cause);
  }
}
