package io.github.visualbert.cli;

import io.github.visualbert.VisualBert;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code run} that read its texts and pictures from a file. */
final class BatchOptions {
  /** What a shell is told of a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "Texts and pictures, many at once: .jsonl, one object a line, - for standard input; or"
              + " Arrow, .arrow, .arrows or .ipc.")
  private Path input;

  @Option(
      names = "--resume",
      description = "Go on where a run with this --output and --resume was cut short.")
  private boolean resume;

  @Option(names = "--fail-fast", description = "Stop at the first row of --input that is at fault.")
  private boolean failFast;

  /** Returns whether there is an input file. */
  boolean given() {
    return input != null;
  }

  /**
   * Checks the options against each other.
   *
   * @param output the value of {@code --output}, or null
   * @throws ParameterException when they do not go together
   */
  void check(Path output) {
    if (input == null) {
      if (resume || failFast) {
        throw usage((resume ? "--resume" : "--fail-fast") + " goes with --input");
      }
      return;
    }
    if (output == null) {
      throw usage("--input needs --output");
    }
    requireEnding("--input", input);
    requireEnding("--output", output);
    if (!output.equals(JsonLines.STANDARD_STREAM)) {
      OutputFile.require(command, "--output", output);
    }
    if (resume && !output.toString().endsWith(".jsonl")) {
      throw usage("--resume needs a .jsonl file for --output");
    }
  }

  private void requireEnding(String option, Path file) {
    if (!file.equals(JsonLines.STANDARD_STREAM)
        && !file.toString().endsWith(".jsonl")
        && !isArrow(file)) {
      throw usage(
          "%s %s: expected a name ending in .jsonl, .arrow, .arrows or .ipc, or -"
              .formatted(option, file));
    }
  }

  private static boolean isArrow(Path file) {
    String name = file.toString();
    return name.endsWith(".arrow") || name.endsWith(".arrows") || name.endsWith(".ipc");
  }

  /**
   * Answers every row of the input.
   *
   * @return the exit code
   */
  int run(TaskName task, VisualBert model, TaskRunner runner, boolean allStates, Path output) {
    Path folder = input.toAbsolutePath().getParent();
    Pictures pictures =
        new Pictures(model, input.equals(JsonLines.STANDARD_STREAM) ? Path.of("") : folder);
    RowParser parser = new RowParser(task, pictures);
    RowSource source =
        isArrow(input)
            ? ArrowRowSource.open(input, parser)
            : new JsonRowSource(JsonLines.open(input), parser);
    PrintWriter err = command.commandLine().getErr();
    boolean terminal = RowProgress.isTerminal();
    RowProgress bar = new RowProgress(terminal ? err : null, System::nanoTime);
    ReplyPrinter printer = ReplyPrinter.of(task, model);
    long earlier = 0;
    long errors = 0;
    ReplySink sink;
    try {
      if (isArrow(output)) {
        boolean integerIds = source instanceof ArrowRowSource arrow && arrow.hasIntegerIds();
        int hidden = model.config().hiddenSize();
        sink =
            new ArrowReplyFile(
                output,
                !output.toString().endsWith(".arrow"),
                new ArrowReplies(task, integerIds, allStates, hidden));
      } else if (output.equals(JsonLines.STANDARD_STREAM)) {
        sink = new JsonReplyStream(command.commandLine().getOut(), printer);
      } else if (resume) {
        PartialReplies partial = PartialReplies.open(output, task, source);
        earlier = partial.rows();
        errors = partial.errors();
        sink = JsonReplyFile.resume(output, partial, printer);
      } else {
        sink = JsonReplyFile.create(output, printer);
      }
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
    printer.hint().ifPresent(err::println);
    BatchRun run =
        new BatchRun(runner, pictures::takeWarning, sink, input.toString(), failFast, bar, err);
    boolean complete = run.run(source);
    errors += run.errors();
    VisualBertCommand top = (VisualBertCommand) command.root().userObject();
    if (complete && (terminal || top.verbose())) {
      err.println(summary(earlier, run.rows(), errors, bar.seconds()));
    }
    return !complete ? INTERRUPTED : errors > 0 ? ExitCode.BAD_INPUT : ExitCode.OK;
  }

  private static String summary(long earlier, long rows, long errors, double seconds) {
    return "visualbert run: %d rows%s, %d of them at fault, in %s s, %s rows/s"
        .formatted(
            earlier + rows,
            earlier == 0 ? "" : " (" + earlier + " of them earlier)",
            errors,
            Math.round(seconds * 10) / 10.0,
            RowProgress.rate(rows, seconds));
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
