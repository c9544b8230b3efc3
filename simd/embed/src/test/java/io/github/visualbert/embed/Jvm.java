package io.github.visualbert.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;

/** Compiles and starts Java programs, each in a JVM of its own: the one that runs these tests. */
final class Jvm {
  private Jvm() {}

  record Run(String out, String err) {}

  /** Runs a program to its end, which must be a good one; each word is a text or several. */
  static Run java(Object... words) {
    List<String> command = flat(words);
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    try {
      Path err = Files.createTempFile("stderr", ".txt");
      Process process = builder.redirectError(err.toFile()).start();
      String out = process.inputReader(StandardCharsets.UTF_8).readAllAsString();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("still running: " + command);
      }
      Run run = new Run(out, Files.readString(err));
      Files.delete(err);
      assertThat(process.exitValue()).as(() -> command + "\n" + run).isZero();
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void compile(Object... words) {
    StringWriter messages = new StringWriter();
    PrintWriter writer = new PrintWriter(messages);
    int code =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(writer, writer, flat(words).toArray(String[]::new));
    assertThat(code).as(messages::toString).isZero();
  }

  private static List<String> flat(Object... words) {
    List<String> flat = new ArrayList<>();
    for (Object word : words) {
      switch (word) {
        case String[] several -> flat.addAll(List.of(several));
        default -> flat.add(word.toString());
      }
    }
    return flat;
  }
}
