package io.github.visualbert.cli;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.model.InvalidArgumentException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns an exception into one line on standard error and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    StringBuilder line = new StringBuilder(oneLine(failure.getMessage()));
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        line.append("; did you mean ").append(String.join(" or ", suggestions)).append('?');
      }
    }
    command.getErr().println(name + ": " + line + " (see '" + name + " --help')");
    command.getErr().flush();
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    int code = exitCode(failure);
    String message = failure.getMessage();
    boolean explained =
        message != null && (code != ExitCode.INTERNAL_ERROR || failure instanceof OutputException);
    err.println(
        command.getCommandSpec().qualifiedName()
            + ": "
            + (explained ? oneLine(message) : "internal error: " + oneLine(failure.toString())));
    if (ConsoleCommand.verbose(command.getCommandSpec())) {
      failure.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static int exitCode(Exception failure) {
    return switch (failure) {
      case InputException _ -> ExitCode.BAD_INPUT;
      case ModelException _ -> ExitCode.BAD_MODEL;
      case InvalidArgumentException _ -> ExitCode.BAD_INPUT; // inputs of forward, read from a file
      default -> ExitCode.INTERNAL_ERROR;
    };
  }

  private static String oneLine(String message) {
    return Printable.of(message.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
