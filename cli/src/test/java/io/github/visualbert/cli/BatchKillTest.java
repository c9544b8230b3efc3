package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.json.PartialReplies;
import io.github.visualbert.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills a run in its own process. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process there cannot be asked to end")
class BatchKillTest {
  private static final int ROWS = 5000;

  @TempDir private Path folder;
  private Path input;
  private Path output;
  private Path partial;

  @BeforeEach
  void writeQuestions() {
    input = folder.resolve("rows.jsonl");
    output = folder.resolve("answers.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= ROWS; i++) {
      lines.append(
          "{\"id\":%d,\"image\":\"%s\",\"question\":\"what colour is the ring?\"}\n"
              .formatted(i, Cli.DEMO.resolve("images/scene-" + (i % 8 + 1) + ".png")));
    }
    Cli.write(input, lines.toString());
  }

  private Process start(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-Dvisualbert.models=" + Cli.DEMO,
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.visualbert.cli.Main",
                "run",
                "--task",
                "vqa",
                "--model",
                Cli.DEMO.resolve("vqa").toString(),
                "--top-k",
                "1",
                "--provider",
                "scalar"));
    command.addAll(List.of("--input", input.toString(), "--output", output.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.redirectError(folder.resolve("err").toFile()).start();
  }

  /** Waits until the process has written more answers. */
  private static void await(Process process, Path growing, long moreThan) throws Exception {
    while (process.isAlive() && (!Files.exists(growing) || Files.size(growing) <= moreThan)) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(process.isAlive()).as("killed in the middle").isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"answers.jsonl", "answers.arrow"})
  void losesAndRepeatsNothing(String name) throws Exception {
    output = folder.resolve(name);
    partial = PartialReplies.of(output);
    Random random = new Random();
    long written = 0;
    for (int kill = 0; kill < 3; kill++) {
      Process process = start("--resume");
      await(process, partial, written);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
      process.destroyForcibly().waitFor();
      written = Files.size(partial);
      assertThat(Cli.filesIn(folder))
          .containsExactly(
              partial, folder.resolve(name + ".partial.run"), folder.resolve("err"), input);
    }

    Process second = start("--resume");
    await(second, partial, written);
    second.destroy();
    assertThat(second.waitFor()).isNotEqualTo(ExitCode.OK);
    assertThat(Cli.read(folder.resolve("err")))
        .matches("visualbert run: interrupted after \\d+ rows\\R");
    assertThat(Cli.read(partial)).as("the current batch is complete").endsWith("}\n");

    List<String> lines = Cli.read(input).lines().toList();
    int answered = (int) Cli.read(partial).lines().count();
    assertThat(answered).isBetween(2, ROWS - 1);
    int rows = answered + 40; // enough to see that it continues
    Cli.write(input, String.join("\n", lines.subList(0, rows)) + "\n");
    Cli.writeIdentity(TaskName.VQA, input, output, 1, false); // as if the input had been this one
    Process last = start("--resume");
    assertThat(last.waitFor()).isEqualTo(ExitCode.OK);
    assertThat(Cli.read(folder.resolve("err"))).isEmpty();

    byte[] resumed = Files.readAllBytes(output);
    assertThat(partial).doesNotExist();
    assertThat(
            Cli.runTask(
                    "vqa",
                    "--top-k",
                    1,
                    "--provider",
                    "scalar",
                    "--input",
                    input,
                    "--output",
                    output)
                .answer())
        .isEmpty();
    assertThat(resumed).isEqualTo(Files.readAllBytes(output));
  }

  /** As before a pager that is not scrolled: the pipe is full, and the run cannot write. */
  @Test
  void endsWhenTerminatedThoughNobodyReadsItsOutput() throws Exception {
    output = Path.of("-");
    Process process = start();
    int seen = 0;
    for (int before = -1;
        seen == 0 || seen != before;
        seen = process.getInputStream().available()) {
      before = seen;
      TimeUnit.SECONDS.sleep(1);
    }
    assertThat(process.isAlive()).as("blocked by %d bytes", seen).isTrue();
    process.toHandle().destroy(); // unlike the process, it does not close the pipe
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ended").isTrue();
  }

  @Test
  void deletesItsTemporaryFilesWhenTerminated() throws Exception {
    Process process = start();
    Path temporary = null;
    while (temporary == null && process.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(5);
      temporary =
          Cli.filesIn(folder).stream()
              .filter(file -> file.toString().contains(".tmp"))
              .findAny()
              .orElse(null);
    }
    await(process, temporary, 0);
    process.destroy();
    assertThat(process.waitFor()).isNotEqualTo(ExitCode.OK);
    assertThat(Cli.filesIn(folder)).containsExactly(folder.resolve("err"), input);
  }
}
