package io.github.visualbert.cli.console;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of every command: the streams of the program, and usage errors. */
public abstract class ConsoleCommand implements Callable<Integer> {
  /** An option of the top command, which all others inherit. */
  public static final String VERBOSE = "--verbose";

  @Spec private CommandSpec spec;

  public final CommandSpec spec() {
    return spec;
  }

  /** Returns the writer for answers. */
  public final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Returns the writer for everything else: notes, warnings, progress. */
  public final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Returns whether {@code --verbose} is given. */
  public final boolean verbose() {
    return verbose(spec);
  }

  public static boolean verbose(CommandSpec spec) {
    return spec.root().findOption(VERBOSE).getValue();
  }

  /** Returns the exception for an invalid command line, which exits with {@link ExitCode#USAGE}. */
  public final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
