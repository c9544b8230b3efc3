package io.github.visualbert.cli;

import io.github.visualbert.cli.bench.BenchCommand;
import io.github.visualbert.cli.convert.ConvertCommand;
import io.github.visualbert.cli.detect.DetectCommand;
import io.github.visualbert.cli.doctor.DoctorCommand;
import io.github.visualbert.cli.evaluate.EvaluateCommand;
import io.github.visualbert.cli.explain.ExplainCommand;
import io.github.visualbert.cli.forward.ForwardCommand;
import io.github.visualbert.cli.inspect.InspectCommand;
import io.github.visualbert.cli.pull.PullCommand;
import io.github.visualbert.cli.run.RunCommand;
import io.github.visualbert.cli.serve.ServeCommand;
import io.github.visualbert.cli.tokenize.TokenizeCommand;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** The commands of the program. */
final class Commands {
  private static final List<String> NAMES =
      List.of(
          "run",
          "explain",
          "serve",
          "detect",
          "forward",
          "tokenize",
          "inspect",
          "convert",
          "evaluate",
          "pull",
          "bench",
          "doctor");

  private Commands() {}

  /**
   * Adds subcommands to the top command: the one that the command line names, else all. Describing
   * all options to the parser takes longer than answering a question.
   */
  static void addTo(CommandLine top, String[] args) {
    for (String arg : args) {
      if (!arg.startsWith("-")) {
        if (NAMES.contains(arg)) {
          top.addSubcommand(make(arg));
          return;
        }
        break; // unknown; the parser suggests the nearest
      }
    }
    for (String name : NAMES) {
      top.addSubcommand(make(name));
    }
  }

  private static Callable<Integer> make(String name) {
    return switch (name) {
      case "run" -> new RunCommand();
      case "explain" -> new ExplainCommand();
      case "serve" -> new ServeCommand();
      case "detect" -> new DetectCommand();
      case "forward" -> new ForwardCommand();
      case "tokenize" -> new TokenizeCommand();
      case "inspect" -> new InspectCommand();
      case "convert" -> new ConvertCommand();
      case "evaluate" -> new EvaluateCommand();
      case "pull" -> new PullCommand();
      case "bench" -> new BenchCommand();
      case "doctor" -> new DoctorCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }
}
