package io.github.visualbert.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The distribution, used as a user would. */
class PackagedProgramIT {
  private static final String[] QUESTION = {
    "run",
    "--task=vqa",
    "--image=" + Program.HOME.resolve("pictures/scene-1.png"),
    "--question=what is the colour of the ring?"
  };

  private static final String VECTOR_API = "jdk.incubator.vector.FloatVector";

  @TempDir private Path folder;

  @Test
  void saysItsVersion() {
    Program.Result result = Program.run("--version");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).matches("visualbert \\d+\\.\\d+\\.\\d+\\S*\\R");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void explainsItself() {
    Program.Result result = Program.run("--help");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("Usage: visualbert");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    Program.Result result = Program.run("paint");
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void bringsTheDemoModelsAndPictures() {
    for (String task :
        new String[] {"vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining"}) {
      for (String file :
          new String[] {
            "config.json",
            "model.safetensors",
            "preprocessor_config.json",
            "tokenizer_config.json",
            "vocab.txt"
          }) {
        assertThat(Program.HOME.resolve("models").resolve(task).resolve(file)).isRegularFile();
      }
    }
    for (int scene = 1; scene <= 8; scene++) {
      assertThat(Program.HOME.resolve("pictures/scene-" + scene + ".png")).isRegularFile();
    }
  }

  @Test
  void aRuntimeThatItBringsIsTheOneItUses() {
    Path runtime = Program.HOME.resolve("runtime");
    assumeTrue(Files.isDirectory(runtime));
    Program.Result result = Program.run("doctor");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).containsPattern("java home +" + Pattern.quote(runtime.toString()));
  }

  @Test
  void launchersAreExecutable() {
    assertThat(Files.isExecutable(Program.HOME.resolve("bin/visualbert"))).isTrue();
    assertThat(Program.HOME.resolve("bin/visualbert.cmd")).exists();
  }

  @Test
  void answersAboutAPicture() {
    Program.Result result = Program.run(QUESTION);
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines().skip(1).findFirst().orElseThrow()).contains("blue");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void answersWithVectorsInSilence() throws IOException {
    assertThat(loads(VECTOR_API, QUESTION)).as("for one question to a small model").isFalse();
    String[] forced = Arrays.copyOf(QUESTION, QUESTION.length + 1);
    forced[QUESTION.length] = "--provider=simd";
    assertThat(loads(VECTOR_API, forced)).as("where it is asked for").isTrue();
  }

  /** The class cache cannot hold picocli's classes in their published format. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theParserComesFromTheClassCache() throws IOException {
    Path log = folder.resolve("classes.log");
    String options = "-Xlog:class+load:file=" + log;
    Program.run(Program.LAUNCHER, Map.of("VISUALBERT_JAVA_OPTIONS", options), "--help");
    assertThat(Files.readAllLines(log))
        .anyMatch(line -> line.contains("picocli.CommandLine source: shared objects file"));
  }

  private boolean loads(String classes, String... args) throws IOException {
    Path log = folder.resolve("classes.log");
    String options = "-Xlog:class+load:file=" + log;
    Program.Result result =
        Program.run(Program.LAUNCHER, Map.of("VISUALBERT_JAVA_OPTIONS", options), args);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("blue");
    return Files.readString(log).contains(classes);
  }

  @Test
  void readsAndWritesArrowInSilence() throws IOException {
    Path testdata = Path.of(System.getProperty("testdata"));
    Path model = testdata.resolve("demo/vqa"); // its features are in the file
    Path input = testdata.resolve("arrow/lz4.feather");
    Path output = folder.resolve("answers.arrow");
    for (Path written : new Path[] {output, Path.of("-.arrows"), Path.of("-")}) {
      Program.Result result =
          Program.run(
              "run", "--task=vqa", "--model=" + model, "--input=" + input, "--output=" + written);
      assertThat(result.err()).isEmpty();
      assertThat(result.exitCode()).isZero();
      assertThat(written == output ? Files.readString(output, ISO_8859_1) : result.out())
          .contains("blue");
    }
    assertThat(loads("org.apache.arrow", QUESTION)).as("for one question").isFalse();
  }

  @Test
  void saysWhatArrowNeedsOfTheJvm() {
    Path input = Path.of(System.getProperty("testdata")).resolve("arrow/lz4.feather");
    Path output = folder.resolve("answers.jsonl");
    Program.Result result =
        Program.run(
            Program.LAUNCHER,
            Map.of("VISUALBERT_JAVA_OPTIONS", "--sun-misc-unsafe-memory-access=deny"),
            "run",
            "--task=vqa",
            "--input=" + input,
            "--output=" + output);
    assertThat(result.err())
        .startsWith("visualbert run: Apache Arrow needs sun.misc.Unsafe, which this JVM denies");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(output).doesNotExist();
  }

  /** In this mode the JVM refuses to start without the cache. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void startsFromItsClassCache() {
    Program.Result result =
        Program.run(
            Program.LAUNCHER, Map.of("VISUALBERT_JAVA_OPTIONS", "-XX:AOTMode=on"), "--version");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("visualbert ");
    assertThat(result.exitCode()).isZero();
  }

  /** Runs the launcher with redirections of a shell, in a process whose streams those are. */
  private static Program.Result shell(String redirections, String arguments) {
    String command = "'" + Program.LAUNCHER + "' " + arguments + " " + redirections;
    return Program.run(Path.of("/bin/sh"), Map.of(), "-c", command);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void saysWhenAnswersCannotBeWritten() {
    for (String redirection : List.of(">/dev/full", ">&-")) {
      for (String arguments : List.of("--version", "doctor", "tokenize 'a ring'")) {
        Program.Result result = shell(redirection, arguments);
        assertThat(result.err())
            .as("%s %s", arguments, redirection)
            .isEqualTo("visualbert: standard output: cannot be written (closed or full)\n");
        assertThat(result.exitCode()).isEqualTo(1);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void saysWhenTooManyFilesAreOpen() {
    String command =
        "ulimit -n 24; '%s' run --task vqa --input '%s' --output '%s'"
            .formatted(Program.LAUNCHER, folder.resolve("in.arrow"), folder.resolve("o.arrow"));
    Program.Result result = Program.run(Path.of("/bin/sh"), Map.of(), "-c", command);
    assertThat(result.err())
        .startsWith("visualbert run: the program cannot open the jars of Apache Arrow (")
        .contains(" (Too many open files)")
        .hasLineCount(1);
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void readsAndWritesTheDevicesOfItsStreams() {
    String row = "{\"image\":\"%s\",\"question\":\"what is the colour of the ring?\"}";
    Path picture = Program.HOME.resolve("pictures/scene-1.png");
    Program.Result result =
        Program.run(
            Path.of("/bin/sh"),
            Map.of(),
            "-c",
            "echo '%s' | '%s' run --task vqa --input /dev/stdin --output /dev/stdout"
                .formatted(row.formatted(picture), Program.LAUNCHER));
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("\"label\":\"blue\"");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void standsClosedStreams() {
    Program.Result closedInput = shell("<&-", "run --task vqa --input - --output -");
    assertThat(closedInput.err()).isEmpty();
    assertThat(closedInput.exitCode()).isZero();
    Program.Result closedError = shell("2>&-", "tokenize 'a ring'");
    assertThat(closedError.out()).contains("ring");
    assertThat(closedError.exitCode()).isZero();
  }
}
