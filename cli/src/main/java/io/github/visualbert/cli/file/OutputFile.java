package io.github.visualbert.cli.file;

import io.github.visualbert.internal.file.AtomicFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Files that commands write: each appears under its name whole, or not at all. */
public final class OutputFile {
  private OutputFile() {}

  /** What fills a file. */
  @FunctionalInterface
  public interface Content {
    void writeTo(BufferedWriter out) throws IOException;
  }

  /**
   * Checks that a file could be written, before any work is done for it.
   *
   * @throws ParameterException when its folder is missing, or it is a folder itself
   */
  public static void require(CommandSpec command, String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new ParameterException(
          command.commandLine(),
          "%s %s: expected the name of a file, found a folder".formatted(option, file));
    }
    if (!Files.isDirectory(folder)) {
      throw new ParameterException(
          command.commandLine(), "%s %s: there is no folder %s".formatted(option, file, folder));
    }
  }

  /**
   * Writes a text as UTF-8.
   *
   * @throws OutputException when that fails; then a file of that name is as it was
   */
  public static void write(Path file, Content content) {
    try (AtomicFile output = AtomicFile.of(file)) {
      try (BufferedWriter out = Files.newBufferedWriter(output.unfinished())) {
        content.writeTo(out);
      }
      output.commit();
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  /** Removes a file that may be there. */
  public static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  /** Makes a folder and those above it, where they are missing. */
  public static Path makeFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new OutputException(folder, e);
    }
  }
}
