package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.RunIdentity;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.model.DemoModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the program within the test's own JVM. */
public final class Cli {
  static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  public static final Path GOLDENS = TESTDATA.resolve("goldens");
  public static final Path DEMO = TESTDATA.resolve("demo");

  /** The outcome of a run of the program. */
  public record Result(int exitCode, String out, String err) {
    /** Checks that the run succeeded, and returns its answer. */
    public String answer() {
      assertThat(err).isEmpty();
      assertThat(exitCode).isEqualTo(ExitCode.OK);
      return out;
    }

    /** Checks that the run failed with one line on standard error only, and returns that line. */
    public String refusal(int code) {
      assertThat(out).isEmpty();
      assertThat(err.lines()).as(err).hasSize(1);
      assertThat(exitCode).as(err).isEqualTo(code);
      return err.strip();
    }
  }

  private Cli() {}

  public static Result run(Object... args) {
    String[] words = Stream.of(args).map(Object::toString).toArray(String[]::new);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
    return new Result(code, out.toString(), err.toString());
  }

  /**
   * Runs a task. Unless a model is given, questions go to the one with grid features, which the
   * feature files of the tests are for.
   */
  static Result runTask(String task, Object... more) {
    List<Object> words = new ArrayList<>(List.of("run", "--task", task));
    if (task.equals("vqa") && !List.of(more).contains("--model")) {
      words.addAll(List.of("--model", modelOf(TaskName.VQA)));
    }
    words.addAll(List.of(more));
    return run(words.toArray());
  }

  /** Copies a folder of files, which a test may damage. */
  public static Path copy(Path folder, Path target) {
    try (Stream<Path> files = Files.list(folder)) {
      Files.createDirectories(target);
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path modelOf(TaskName task) {
    return task == TaskName.VQA ? DEMO.resolve("vqa") : DemoModels.find(task).orElseThrow();
  }

  /** Writes the identity of a run of a demo model, as an interrupted run leaves it. */
  static void writeIdentity(TaskName task, Path input, Path output, int topK, boolean allStates) {
    Path folder = modelOf(task);
    try (VisualBert model = VisualBert.open(folder)) {
      RunIdentity run = RunIdentity.of(task, model, folder, topK, allStates, input);
      write(output.resolveSibling(output.getFileName() + ".partial.run"), run.json());
    }
  }

  static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
