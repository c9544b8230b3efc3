package io.github.visualbert.cli.file;

import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.internal.file.InputFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Files that commands write. Each appears under its name complete, or not at all. */
public final class OutputFile {
  private OutputFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    void writeTo(BufferedWriter out) throws IOException;
  }

  /**
   * Checks the name of an output file, before any work is done for it.
   *
   * @param inputs the files that the command reads, which must not be overwritten
   * @throws ParameterException when its folder is missing, it is a folder itself, or an input
   */
  public static void require(CommandSpec command, String option, Path file, Path... inputs) {
    if (!InputFiles.isUtf8(file)) {
      throw new ParameterException(
          command.commandLine(),
          "%s %s: expected a name in UTF-8, or the file would get another one"
              .formatted(option, file));
    }
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
            "%s %s: would overwrite the input %s".formatted(option, file, input));
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
      return false; // opening the unreadable one reports it
    }
  }

  /**
   * Writes a text as UTF-8.
   *
   * @throws OutputException when that fails; an existing file of that name is unchanged
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

  /** Deletes a file if it exists. */
  public static void delete(Path file) {
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) { // a name may be too long to exist
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  /** Creates a folder and its parents where they are missing. */
  public static Path makeFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new OutputException(folder, e);
    }
  }
}
