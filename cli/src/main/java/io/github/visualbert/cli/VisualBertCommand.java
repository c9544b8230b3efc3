package io.github.visualbert.cli;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.VersionProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code visualbert}: the top command. */
@Command(
    name = "visualbert",
    description = "Questions about pictures, answered by VisualBERT on the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:internal error",
      "2:wrong usage",
      "3:bad input: text, picture, features or batch file",
      "4:bad model: configuration, weights or vocabulary"
    })
final class VisualBertCommand extends ConsoleCommand {
  @Option(
      names = VERBOSE,
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  @SuppressWarnings("unused") // read by verbose()
  private boolean verbose;

  /** Prints the usage: without a subcommand there is nothing to do. */
  @Override
  public Integer call() {
    spec().commandLine().usage(out());
    return ExitCode.OK;
  }
}
