package io.github.visualbert.cli;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Preset;
import io.github.visualbert.kernel.KernelSelection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes the completion for shells and the manual in AsciiDoc. The build runs it; it is among the
 * tests since no user needs it.
 */
final class UsagePages {
  /** Values of options, where the parser does not know them. */
  private static final Map<String, List<String>> VALUES =
      Map.of(
          "--dtype",
          List.of("f32", "f16", "bf16"),
          "--format",
          List.of("text", "json"),
          "--head",
          HeadType.classNames(),
          "--preset",
          Preset.names(),
          "--provider",
          List.of(KernelSelection.AUTO, KernelSelection.SIMD, KernelSelection.SCALAR));

  /** Lines that enclose a literal block of AsciiDoc. */
  private static final String AS_IT_IS = "....";

  private UsagePages() {}

  /** Writes all pages into the folder given as argument. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    writeCompletions(Files.createDirectories(folder.resolve("completions")));
    writeManual(Files.createDirectories(folder.resolve("manual")));
  }

  /** Returns the program with all of its commands. */
  static CommandLine all() {
    PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
    return Main.commandLine(new String[0], nowhere, nowhere);
  }

  private static void writeCompletions(Path folder) throws IOException {
    CommandLine top = all();
    top.getSubcommands().values().forEach(command -> addValues(command.getCommandSpec()));
    String name = top.getCommandName();
    Files.writeString(folder.resolve(name), AutoComplete.bash(name, top));
  }

  private static void addValues(CommandSpec command) {
    for (OptionSpec option : List.copyOf(command.options())) {
      List<String> values = VALUES.get(option.longestName());
      if (values != null) {
        command.remove(option);
        command.addOption(option.toBuilder().completionCandidates(values).build());
      } else if (option.paramLabel().equals("FILE")) { // also for lists of files
        command.remove(option);
        command.addOption(OptionSpec.builder(option.names()).type(Path.class).build());
      }
    }
  }

  private static void writeManual(Path folder) throws IOException {
    CommandLine top = all();
    List<CommandSpec> commands =
        Stream.concat(Stream.of(top), top.getSubcommands().values().stream())
            .map(CommandLine::getCommandSpec)
            .toList();
    commands.forEach(command -> arrange(command.usageMessage()));
    int code =
        ManPageGenerator.generateManPage(
            folder.toFile(), null, new boolean[0], false, commands.toArray(CommandSpec[]::new));
    if (code != 0) {
      throw new IllegalStateException("the generator of manual pages ended with " + code);
    }
  }

  /** Gives sections their usual names, and shows the examples as they are. */
  private static void arrange(UsageMessageSpec usage) {
    usage.exitCodeListHeading("Exit status");
    List<String> notes = new ArrayList<>();
    boolean within = false;
    for (String line : usage.footer()) {
      if (notes.isEmpty() && line.isEmpty()) {
        continue;
      }
      if (within == line.isEmpty()) {
        notes.add(AS_IT_IS);
        within = !within;
      }
      notes.add(line);
    }
    if (within) {
      notes.add(AS_IT_IS);
      usage.footerHeading("Notes").footer(notes.toArray(String[]::new));
    }
  }
}
