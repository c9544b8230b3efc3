package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of {@code testdata/clients}, run as a process of its own. Its libraries are fetched
 * into {@code target/clients} once for each build.
 */
enum ClientProgram {
  LANGCHAIN4J("Langchain4jClient.java") {
    @Override
    List<String> command() {
      if (!Files.exists(FOLDER.resolve("Langchain4jClient.class"))) {
        int failed =
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", jars(), "-d", FOLDER.toString(), file().toString());
        assertThat(failed).as("compiling " + file()).isZero(); // Maven has fetched the jars
      }
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      return List.of(java, "-XX:TieredStopAtLevel=1", "-cp", jars(), "Langchain4jClient");
    }

    private String jars() {
      File[] jars = FOLDER.resolveSibling("langchain4j").toFile().listFiles();
      return Stream.concat(Stream.of(FOLDER.toFile()), Stream.of(jars))
          .map(File::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }
  },
  OPENAI("openai_client.mjs") {
    @Override
    List<String> command() {
      return node();
    }
  },
  HUGGING_FACE_JS("hf_client.mjs") {
    @Override
    List<String> command() {
      return node();
    }
  },
  HUGGING_FACE("hf_client.py") {
    @Override
    List<String> command() {
      Path python = FOLDER.resolve("venv/bin/python");
      if (!Files.exists(FOLDER.resolve("venv/complete"))) {
        String requirements = file().resolveSibling("requirements.txt").toString();
        require(
            PYTHON
                && isDone("python3", "-m", "venv", FOLDER.resolve("venv").toString())
                && isDone(
                    python.toString(),
                    "-m",
                    "pip",
                    "-q",
                    "--disable-pip-version-check",
                    "install",
                    "--retries",
                    "0",
                    "-r",
                    requirements),
            "huggingface_hub cannot be installed");
        mark("venv/complete");
      }
      return List.of(python.toString(), file().toString());
    }
  },
  OPEN_INFERENCE("oip_client.py") {
    @Override
    List<String> command() {
      require(PYTHON, "there is no python3");
      return List.of("python3", file().toString());
    }
  };

  private static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  private static final Path FOLDER = TESTDATA.resolveSibling("cli/target/clients");
  private static final long PATIENCE_SECONDS = 120;
  private static final boolean PYTHON = isDone("python3", "--version");

  private final String file;

  ClientProgram(String file) {
    this.file = file;
  }

  /**
   * What a program printed.
   *
   * @param errors on standard error, to explain a failed test
   */
  record Printed(int status, String out, String errors) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  /** Returns how the program is started; skips the test where that is not possible. */
  abstract List<String> command();

  Path file() {
    return TESTDATA.resolve("clients").resolve(file);
  }

  /** Fetches what is missing, which may take a while, and returns {@link #command}. */
  List<String> prepare() {
    makeFolder();
    return command();
  }

  /** Runs the program. */
  Printed run(String token, String... arguments) {
    return finish(start(token, arguments));
  }

  /** Starts the program; for {@link #finish}. */
  Process start(String token, String... arguments) {
    List<String> words = new ArrayList<>(prepare());
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(List.of("HF_TOKEN", "HF_HUB_OFFLINE", "JAVA_TOOL_OPTIONS"));
    environment.put("HF_HOME", FOLDER.resolve("hf-home").toString());
    environment.put("VISUALBERT_TOKEN", token);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Printed finish(Process process) {
    try {
      Thread watchdog = Thread.startVirtualThread(() -> endLate(process));
      String out = new String(process.getInputStream().readAllBytes());
      String errors = new String(process.getErrorStream().readAllBytes());
      int status = process.waitFor();
      watchdog.interrupt();
      return new Printed(status, out, errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void endLate(Process process) {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it has ended
    }
  }

  /** Returns the command of a program that lies beside its packages: it finds them nowhere else. */
  List<String> node() {
    if (!Files.exists(FOLDER.resolve("node_modules/complete"))) {
      copy("package.json");
      String folder = FOLDER.toString();
      require(
          isDone("node", "--version")
              && isDone("npm", "install", "--prefix", folder, "--no-audit", "--no-fund"),
          "npm cannot install its package");
      mark("node_modules/complete");
    }
    copy(file);
    return List.of("node", FOLDER.resolve(file).toString());
  }

  /** Skips the test unless something is there, and says so where the build shows it. */
  void require(boolean there, String otherwise) {
    if (!there) {
      String line = "skipped: " + file + ": " + otherwise;
      System.err.println(line);
      Assumptions.abort(line);
    }
  }

  private static boolean isDone(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void makeFolder() {
    try {
      Files.createDirectories(FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(String name) {
    try {
      Files.copy(
          TESTDATA.resolve("clients").resolve(name),
          FOLDER.resolve(name),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void mark(String name) {
    try {
      Files.writeString(FOLDER.resolve(name), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
