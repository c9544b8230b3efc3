package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the README: its command lines run, and its program compiles against the library and gives
 * the right answer, with vector kernels and, on a JVM without flags, with scalar kernels, which log
 * how to make them faster.
 */
class DocumentationTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern CLASS_NAME = Pattern.compile("public class (\\w+)");
  private static final Path TESTDATA = Path.of(System.getProperty("testdata"));

  private static final Pattern COMMAND =
      Pattern.compile("(?m)^visualbert ((?:run|explain|detect) (?!.*--input).*)$");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir static Path folder;

  /** Runs the command lines in the folder of the pictures. */
  @Test
  void commandsOfTheReadmeRunAndPrintWhatItShows() throws IOException {
    String readme = Files.readString(TESTDATA.resolveSibling("README.md"));
    List<String> outputs = new ArrayList<>();
    for (MatchResult command : COMMAND.matcher(readme).results().toList()) {
      List<Object> words = new ArrayList<>();
      WORD.matcher(command.group(1))
          .results()
          .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
          .forEach(word -> words.add(inPlace(word)));
      outputs.add(Cli.run(words.toArray()).answer());
    }
    assertThat(outputs).hasSizeGreaterThanOrEqualTo(6);
    String images = TESTDATA.resolve("demo/images") + File.separator;
    assertThat(outputs)
        .anyMatch(output -> readme.contains("\n" + output.replace(images, "") + "```"));
    String first =
        Cli.run(
                "run",
                "--task",
                "vqa",
                "--image",
                TESTDATA.resolve("demo/images/scene-1.png"),
                "--question",
                "what is the colour of the ring?")
            .answer();
    assertThat(readme).contains("\n" + first.replace(images, "testdata/demo/images/") + "```");
  }

  /** The line of JSON is that of the first question, cut after its best answer. */
  @Test
  void theReadmeShowsTheJsonThatIsPrinted() throws IOException {
    Path picture = TESTDATA.resolve("demo/images/scene-1.png");
    String question = "what is the colour of the ring?";
    List<String> shown = List.of("{\"id\":\"1\",\"task\":\"vqa\",\"answers\":[{", "}, …]}");
    String printed =
        Cli.run(
                "run",
                "--task",
                "vqa",
                "--image",
                picture,
                "--question",
                question,
                "--format",
                "json")
            .answer();
    assertThat(printed).startsWith(shown.getFirst());
    String best = printed.substring(0, printed.indexOf('}'));
    assertThat(Files.readString(TESTDATA.resolveSibling("README.md")))
        .contains("\n" + best + shown.getLast() + "\n");
  }

  private static Object inPlace(String word) {
    if (word.matches("scene-\\d\\.png")) {
      return TESTDATA.resolve("demo/images").resolve(word);
    }
    if (word.startsWith("../")) {
      return TESTDATA.resolve("demo/images").resolve(word);
    }
    return word.matches(".+\\.(safetensors|npz|svg|html)(#.*)?") ? folder.resolve(word) : word;
  }

  @TestFactory
  Stream<DynamicTest> programsCompileAndAnswer() throws IOException {
    String readme = Files.readString(TESTDATA.resolveSibling("README.md"));
    List<String> programs =
        JAVA_BLOCK.matcher(readme).results().map((MatchResult m) -> m.group(1)).toList();
    assertThat(programs).isNotEmpty();
    return programs.stream().map(DocumentationTest::test);
  }

  private static DynamicTest test(String program) {
    Matcher name = CLASS_NAME.matcher(program);
    assertThat(name.find()).as(program).isTrue();
    String className = name.group(1);
    return DynamicTest.dynamicTest(className, () -> run(className, program));
  }

  private static void run(String className, String program) throws Exception {
    Path source = folder.resolve(className + ".java");
    Files.writeString(source, program);
    String jars = classPath();
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    start(List.of(java + "/javac", "-Xlint:all", "-Werror", "-cp", jars, source.toString()));
    List<String> question =
        List.of(
            className,
            TESTDATA.resolve("demo/vqa").toString(),
            TESTDATA.resolve("demo/images/scene-1.png").toString(),
            "what is the colour of the ring?");
    String classes = jars + File.pathSeparator + folder;
    List<String> plain = new ArrayList<>(List.of(java + "/java", "-cp", classes));
    plain.addAll(question);
    String answer = start(plain);
    assertThat(answer).contains("blue");
    assertThat(Files.readString(folder.resolve("stderr"))).contains("--add-modules");
    List<String> vectors =
        new ArrayList<>(
            List.of(
                java + "/java",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dvisualbert.provider=simd",
                "-cp",
                classes));
    vectors.addAll(question);
    assertThat(start(vectors)).isEqualTo(answer);
  }

  /** Runs a program to its end and returns its standard output; the file stderr has the rest. */
  private static String start(List<String> command) throws IOException, InterruptedException {
    File errors = folder.resolve("stderr").toFile();
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors.toPath())).isZero();
    return output;
  }

  private static String classPath() throws ReflectiveOperationException, URISyntaxException {
    return location("io.github.visualbert.VisualBert")
        + File.pathSeparator
        + location("io.github.visualbert.simd.VectorKernelProvider");
  }

  private static Path location(String type)
      throws ReflectiveOperationException, URISyntaxException {
    return Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
