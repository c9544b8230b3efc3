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
   * @param inputs what the command reads, which would be lost
   * @throws ParameterException when its folder is missing, it is a folder itself, or an input
   */
  public static void require(CommandSpec command, String option, Path file, Path... inputs) {
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
    for (Path input : inputs) {
      if (isSame(file, input)) {
        throw new ParameterException(
            command.commandLine(),
            "%s %s: is the input %s, which would be lost".formatted(option, file, input));
      }
    }
  }

  private static boolean isSame(Path output, Path input) {
    try {
      return input != null
          && Files.isRegularFile(output)
          && Files.isRegularFile(input)
          && Files.isSameFile(output, input);
    } catch (IOException e) {
      return false; // the one that cannot be read is refused when it is opened
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
