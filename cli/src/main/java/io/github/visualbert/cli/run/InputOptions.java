package io.github.visualbert.cli.run;

import io.github.visualbert.cli.batch.BatchFormat;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.internal.file.AtomicFile;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code run} that read its texts and pictures from a file. */
final class InputOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "Batch file of texts and pictures: .jsonl, one object per line; or Arrow, .arrow,"
              + " .feather, .arrows or .ipc; - reads either from standard input, as a pipe without"
              + " such a name does.")
  private Path input;

  @Option(
      names = "--resume",
      description = "Continue an interrupted run that had this --output and --resume.")
  private boolean resume;

  @Option(names = "--fail-fast", description = "Stop at the first invalid row of --input.")
  private boolean failFast;

  /** Returns whether there is an input file. */
  boolean given() {
    return input != null;
  }

  /** Returns the input file; {@code -} is standard input. */
  Path input() {
    return input;
  }

  boolean resume() {
    return resume;
  }

  boolean failFast() {
    return failFast;
  }

  /**
   * Checks that the options are consistent.
   *
   * @param output the value of {@code --output}, or null
   * @param folder whether a folder is the input
   * @throws ParameterException when they are not
   */
  void check(Path output, boolean folder) {
    if (input == null) {
      if (resume || failFast) {
        throw usage((resume ? "--resume" : "--fail-fast") + " goes with --input");
      }
      return;
    }
    if (output == null) {
      throw usage("--input needs --output");
    }
    if (!folder) {
      requireEnding("--input", input);
    }
    requireEnding("--output", output);
    if (!BatchFormat.isStandardOutput(output)) {
      OutputFile.require(command, "--output", output, input);
    }
    if (resume && (BatchFormat.isStandardOutput(output) || AtomicFile.isSpecial(output))) {
      throw usage("--resume needs a file for --output");
    }
  }

  private void requireEnding(String option, Path file) {
    if (BatchFormat.of(file).isEmpty()) {
      throw usage(
          "%s %s: expected a name ending in .jsonl, .arrow, .feather, .arrows or .ipc, or -"
              .formatted(option, file));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
