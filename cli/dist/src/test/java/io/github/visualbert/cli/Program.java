package io.github.visualbert.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Starts the packaged program the way a user does: through its launcher, in a process of its own.
 */
final class Program {
  /** The folder that {@code mvn package} leaves. */
  static final Path HOME = Path.of(System.getProperty("visualbert.distribution"));

  static final Path LAUNCHER =
      HOME.resolve(
          System.getProperty("os.name").startsWith("Windows")
              ? "bin/visualbert.cmd"
              : "bin/visualbert");

  /** What a run of the program left behind. */
  record Result(int exitCode, String out, String err) {}

  private Program() {}

  static Result run(String... args) {
    return run(LAUNCHER, Map.of(), args);
  }

  /** Runs a launcher; a variable of the environment with an empty value is removed. */
  static Result run(Path launcher, Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>(List.of(args));
    command.addFirst(launcher.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    // JAVA_TOOL_OPTIONS, if set, would make every JVM print a line.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      String out = text(process.getInputStream());
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("still running: " + command);
      }
      return new Result(process.exitValue(), out, err.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  private static String text(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
