package io.github.visualbert.cli;

import io.github.visualbert.VisualBert;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.function.Supplier;
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
          "Texts and pictures, many at once: .jsonl, one object a line; or Arrow, .arrow, .feather,"
              + " .arrows or .ipc; - for either on standard input.")
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
    if (!isStandardOutput(output)) {
      OutputFile.require(command, "--output", output);
    } else if (resume) {
      throw usage("--resume needs a file for --output");
    }
  }

  private void requireEnding(String option, Path file) {
    if (!file.equals(JsonLines.STANDARD_STREAM)
        && !file.toString().endsWith(".jsonl")
        && !isArrow(file)) {
      throw usage(
          "%s %s: expected a name ending in .jsonl, .arrow, .feather, .arrows or .ipc, or -"
              .formatted(option, file));
    }
  }

  private static boolean isArrow(Path file) {
    return isArrowFile(file) || isArrowStream(file);
  }

  private static boolean isArrowFile(Path file) {
    return file.toString().endsWith(".arrow") || file.toString().endsWith(".feather");
  }

  private static boolean isArrowStream(Path file) {
    return file.toString().endsWith(".arrows") || file.toString().endsWith(".ipc");
  }

  /** Arrow goes to standard output as {@code -.arrows}. */
  private static boolean isStandardOutput(Path output) {
    return output.equals(JsonLines.STANDARD_STREAM)
        || output.toString().startsWith("-.") && isArrowStream(output);
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
    RowSource source = source(new RowParser(task, pictures));
    PrintWriter err = command.commandLine().getErr();
    boolean terminal = RowProgress.isTerminal();
    RowProgress bar = new RowProgress(terminal ? err : null, System::nanoTime);
    ReplyPrinter printer = ReplyPrinter.of(task, model);
    PartialReplies partial = null;
    ReplySink sink;
    try {
      partial = resume ? PartialReplies.open(output, task, source) : null;
      if (isArrow(output)) {
        Supplier<ReplySink> arrow = arrowSink(task, model, source, allStates, output);
        sink = resume ? new ResumableReplies(output, partial, printer, task, arrow) : arrow.get();
      } else if (isStandardOutput(output)) {
        sink = new JsonReplyStream(command.commandLine().getOut(), printer);
      } else {
        sink =
            resume
                ? JsonReplyFile.resume(output, partial, printer)
                : JsonReplyFile.create(output, printer);
      }
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
    long earlier = partial == null ? 0 : partial.rows();
    long errors = partial == null ? 0 : partial.errors();
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

  private RowSource source(RowParser parser) {
    if (isArrow(input)) {
      loadArrow();
      return ArrowRowSource.open(input, parser);
    }
    if (!input.equals(JsonLines.STANDARD_STREAM)) {
      return new JsonRowSource(JsonLines.open(input), parser);
    }
    try {
      PushbackInputStream in = new PushbackInputStream(System.in);
      int first = in.read();
      if (first >= 0) {
        in.unread(first);
      }
      if (first == 'A' || first == 0xff) { // a file or a stream of Arrow, which JSON cannot be
        loadArrow();
        return ArrowRowSource.open(input, in, parser);
      }
      return new JsonRowSource(JsonLines.open(input, in), parser);
    } catch (IOException e) {
      throw new InputException(
          Kind.UNREADABLE, "standard input: cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private void loadArrow() {
    try {
      ArrowJars.load();
    } catch (IllegalStateException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private Supplier<ReplySink> arrowSink(
      TaskName task, VisualBert model, RowSource source, boolean allStates, Path output) {
    loadArrow();
    boolean integerIds = source instanceof ArrowRowSource arrow && arrow.hasIntegerIds();
    int hidden = model.config().hiddenSize();
    AnswerNames names = AnswerNames.of(task, model);
    return () -> {
      ArrowReplies replies = new ArrowReplies(task, names, integerIds, allStates, hidden);
      if (isStandardOutput(output)) {
        return new ArrowReplyStream(new FileOutputStream(FileDescriptor.out), replies);
      }
      return resume
          ? ArrowReplyFile.resume(output, isArrowStream(output), replies)
          : ArrowReplyFile.create(output, isArrowStream(output), replies);
    };
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
