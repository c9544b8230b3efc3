package io.github.visualbert.cli;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.VersionProvider;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;

/** The entry point of the program, and the only place that exits the JVM. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    PrintWriter out = utf8(FileDescriptor.out);
    PrintWriter err = utf8(FileDescriptor.err);
    int code = run(args, out, err);
    if (out.checkError() && code == ExitCode.OK) { // which also flushes
      err.println("visualbert: standard output: cannot be written (closed or full)");
      code = ExitCode.INTERNAL_ERROR;
    }
    err.flush();
    System.exit(code);
  }

  /**
   * Runs one command.
   *
   * @param args the command line
   * @param out receives the answers
   * @param err receives errors, warnings and notes, one line each
   * @return the exit code
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    Locale.setDefault(Locale.ROOT); // digits and decimal points are the same everywhere
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      out.println(VersionProvider.line()); // without picocli, which alone takes longer to load
      return ExitCode.OK;
    }
    try {
      return commandLine(args, out, err).execute(args.length == 0 ? new String[] {"--help"} : args);
    } catch (Error e) { // picocli catches exceptions only; mostly out of memory
      err.println("visualbert: internal error: " + e);
      return ExitCode.INTERNAL_ERROR;
    }
  }

  /** Returns a parser with every command that the command line may name. */
  static CommandLine commandLine(String[] args, PrintWriter out, PrintWriter err) {
    Failures failures = new Failures();
    CommandLine top = new CommandLine(new VisualBertCommand());
    Commands.addTo(top, args);
    return top.setOut(out)
        .setErr(err)
        .setExpandAtFiles(false) // a question may begin with an at sign
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /**
   * Returns a writer of UTF-8. The encoding does not depend on the locale, so that files of answers
   * can be read elsewhere.
   */
  private static PrintWriter utf8(FileDescriptor stream) {
    return new PrintWriter(new FileOutputStream(stream), false, StandardCharsets.UTF_8);
  }
}
