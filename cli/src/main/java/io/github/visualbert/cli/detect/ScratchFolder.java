package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder for the detections of a run until its output is written, or none.
 *
 * @param path null for none
 * @param lasting whether it stays when the run is interrupted
 */
record ScratchFolder(Path path, boolean lasting) implements AutoCloseable {
  /** Returns a folder that a run to resume may have left, and will leave again. */
  static ScratchFolder lasting(Path path) {
    return new ScratchFolder(OutputFile.makeFolder(path), true);
  }

  /** Returns a folder that is gone when the program ends, however it does. */
  static ScratchFolder passing(Path path) {
    String name = "." + path.getFileName() + "." + UUID.randomUUID() + ".tmp";
    ScratchFolder folder =
        new ScratchFolder(OutputFile.makeFolder(path.resolveSibling(name)), false);
    Runtime.getRuntime().addShutdownHook(new Thread(folder::close, "visualbert-scratch"));
    return folder;
  }

  static ScratchFolder none() {
    return new ScratchFolder(null, true);
  }

  /** Deletes the folder with its files, if there is one. */
  void delete() {
    if (path == null || !Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      files.forEach(OutputFile::delete);
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new OutputException(path, e);
    }
  }

  @Override
  public void close() {
    if (!lasting) {
      delete();
    }
  }
}
