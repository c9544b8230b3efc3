package io.github.visualbert.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every program of docs/embedding.md compiles against the jar and answers: without any flag, saying
 * what would make it faster, and with the flags that the page names, saying nothing.
 */
class EmbeddingGuideIT {
  private static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  private static final Path PAGE = TESTDATA.resolveSibling("docs/embedding.md");
  private static final Pattern PROGRAM = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");
  private static final String CLASS_PATH =
      System.getProperty("visualbert.jar") + File.pathSeparator + frameworks();

  @TempDir private Path folder;

  record Program(String name, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Program> programs() throws IOException {
    List<Program> programs = new ArrayList<>();
    for (MatchResult block : PROGRAM.matcher(Files.readString(PAGE)).results().toList()) {
      Matcher name = CLASS_NAME.matcher(block.group(1));
      assertThat(name.find()).as(block.group(1)).isTrue();
      programs.add(new Program(name.group(1), block.group(1)));
    }
    return programs;
  }

  /** The libraries of the services on the page, without the classes of this build. */
  private static String frameworks() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("visualbert"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void thePageHasPrograms() throws IOException {
    assertThat(programs()).hasSizeGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void compilesAndAnswers(Program program) throws IOException {
    Path source = folder.resolve(program.name() + ".java");
    Files.writeString(source, program.text());
    Jvm.compile(
        "-Xlint:all,-classfile", "-Werror", "-proc:none", "-parameters", "-cp", CLASS_PATH, source);

    Jvm.Run plain = run(program);
    assertThat(plain.out().lines()).anyMatch(line -> line.startsWith("blue"));
    assertThat(plain.err()).containsOnlyOnce("--add-modules jdk.incubator.vector");

    Jvm.Run fast =
        run(
            program,
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Dvisualbert.provider=simd");
    assertThat(answers(fast)).isEqualTo(answers(plain));
    assertThat(fast.err()).doesNotContain("slower");
  }

  private Jvm.Run run(Program program, String... flags) {
    return Jvm.java(
        flags,
        "-cp",
        CLASS_PATH + File.pathSeparator + folder,
        program.name(),
        TESTDATA.resolve("demo/vqa"),
        TESTDATA.resolve("demo/images/scene-1.png"),
        "what is the colour of the ring?");
  }

  /** What the program printed, without the log that a framework mixes in. */
  private static List<String> answers(Jvm.Run run) {
    return run.out().lines().filter(line -> line.matches("[a-zA-Z0-9 .]+")).toList();
  }
}
