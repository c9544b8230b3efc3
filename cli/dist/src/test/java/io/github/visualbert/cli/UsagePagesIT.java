package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual and the completion of the distribution cover every command and option. */
class UsagePagesIT {
  private static final Path SHARE = Program.HOME.resolve("share");
  private static final Path COMPLETION = SHARE.resolve("bash-completion/completions/visualbert");

  @TempDir private Path folder;

  static Stream<CommandSpec> commands() {
    CommandLine top = UsagePages.all();
    return Stream.concat(Stream.of(top), top.getSubcommands().values().stream())
        .map(CommandLine::getCommandSpec);
  }

  private static Path page(CommandSpec command) {
    return SHARE.resolve("man/man1").resolve(command.qualifiedName("-") + ".1");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasAPageWithAllItsOptions(CommandSpec command) throws IOException {
    String page =
        Files.readString(page(command))
            .replaceAll("\\\\f[BIP]", "")
            .replace("\\-", "-")
            .replace("\\*(Aq", "'");
    assertThat(page).contains(command.qualifiedName(" ")).doesNotContain("hardbreaks");
    for (OptionSpec option : command.options()) {
      assertThat(page).contains(option.names());
    }
    for (String line : command.usageMessage().footer()) {
      assertThat(page).contains(line);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void pagesAreWhatManReads(CommandSpec command) throws Exception {
    assumeTrue(runs("groff", "--version"));
    assertThat(output("groff", "-man", "-ww", "-z", page(command).toString()))
        .as("warnings")
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void bashCompletesEveryOption(CommandSpec command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName(" ").split(" ")));
    words.add("-");
    assertThat(completions(words.toArray(String[]::new)))
        .containsExactlyInAnyOrder(
            command.options().stream()
                .flatMap(option -> Arrays.stream(option.names()))
                .toArray(String[]::new));
  }

  @Test
  void bashCompletesCommandsValuesAndFiles() throws Exception {
    assertThat(completions("visualbert", "b")).containsExactly("bench");
    assertThat(completions("visualbert", "run", "--task", "v")).containsExactly("vqa", "vcr");
    assertThat(completions("visualbert", "run", "--preset", "")).containsExactly("authors", "hf");
    assertThat(completions("visualbert", "bench", "--provider", "s"))
        .containsExactly("simd", "scalar");
    assertThat(completions("visualbert", "run", "--format", "")).containsExactly("text", "json");
    assertThat(completions("visualbert", "convert", "in", "out", "--dtype", "b"))
        .containsExactly("bf16");
    assertThat(completions("visualbert", "forward", "--head", ""))
        .contains("VisualBertModel")
        .hasSize(6);
    Files.createFile(folder.resolve("a picture.png"));
    assertThat(completions("visualbert", "run", "--image", "a")).containsExactly("a picture.png");
  }

  /** Calls the completion function as bash does when a user presses the tab key. */
  private List<String> completions(String... words) throws Exception {
    assumeTrue(runs("bash", "--version"));
    String script =
        "compopt() { :; }; source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
            + " COMP_LINE=\"$*\"; _complete_visualbert; printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command = new ArrayList<>(List.of("bash", "-c", script, COMPLETION.toString()));
    command.addAll(List.of(words));
    return output(command.toArray(String[]::new)).lines().toList();
  }

  private String output(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private boolean runs(String... command) throws Exception {
    try {
      output(command);
      return true;
    } catch (IOException e) {
      return false; // not on this machine
    }
  }
}
