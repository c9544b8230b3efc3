package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.model.InvalidArgumentException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void printsTheVersion(String option) {
    assertThat(run(option)).isZero();
    assertThat(out.toString()).matches("visualbert \\d+\\.\\d+\\.\\d+\\S*\\R");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void printsTheSameVersionThroughPicocli() {
    run("--version");
    String quick = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("--verbose", "--version")).isZero();
    assertThat(out.toString()).isEqualTo(quick);
  }

  @Test
  void printsTheUsageWithoutArguments() {
    assertThat(run()).isZero();
    String help = out.toString();
    assertThat(help).startsWith("Usage: visualbert").contains("Exit codes:");
    assertThat(err.toString()).isEmpty();
    out.getBuffer().setLength(0);
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).isEqualTo(help);
  }

  @Test
  void refusesAWrongOptionInOneLineThatSuggestsTheRightOne() {
    assertThat(run("--versoin")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("visualbert: ")
        .contains("--versoin", "did you mean ", "--version", "visualbert --help");
  }

  @Test
  void exitCodesDependOnTheException() {
    assertThat(fail(new InputException(Kind.MALFORMED, "a.png: not a picture"))).isEqualTo(3);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("visualbert fail: a.png: not a picture\n");
    assertThat(fail(new ModelException(Kind.MISMATCH, "3 tensors\n  are missing"))).isEqualTo(4);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("visualbert fail: 3 tensors are missing\n");
    assertThat(fail(new InvalidArgumentException("visual_embeds has 3 columns"))).isEqualTo(3);
    assertThat(fail(new IllegalArgumentException("rows"))).isEqualTo(1);
    assertThat(fail(new IllegalStateException("oh"))).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "visualbert fail: internal error: java.lang.IllegalStateException: oh\n");
  }

  /** Digits and decimal points are those of no language. */
  @Test
  void theLocaleOfTheMachineIsNoMatter() {
    Locale usual = Locale.getDefault();
    try {
      for (String tag : List.of("ar-EG-u-nu-arab", "de-DE")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertThat("%d %.1f".formatted(12, 0.5)).as("before, in " + tag).isNotEqualTo("12 0.5");
        run("--version");
        assertThat("%d %.1f".formatted(12, 0.5)).as("from then on, in " + tag).isEqualTo("12 0.5");
      }
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void controlCharactersOfInputsAreEscaped() {
    fail(new InputException(Kind.MALFORMED, "a\u001b[31m\u0007b: no"));
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("visualbert fail: a\\u001b[31m\\u0007b: no\n");
  }

  @Test
  void verbosePrintsTheStackTrace() {
    fail(new InputException(Kind.MALFORMED, "a.png: not a picture"), "--verbose");
    assertThat(err.toString()).contains("\tat " + getClass().getName());
  }

  @Command(name = "fail")
  private record Fail(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  private int fail(Exception failure, String... options) {
    err.getBuffer().setLength(0);
    CommandLine commands =
        Main.commandLine(new String[0], new PrintWriter(out), new PrintWriter(err));
    commands.addSubcommand(new Fail(failure));
    Failures failures = new Failures();
    commands.setExecutionExceptionHandler(failures).setErr(new PrintWriter(err));
    String[] args = new String[options.length + 1];
    args[0] = "fail";
    System.arraycopy(options, 0, args, 1, options.length);
    return commands.execute(args);
  }
}
