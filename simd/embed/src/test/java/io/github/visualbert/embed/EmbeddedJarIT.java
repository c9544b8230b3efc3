package io.github.visualbert.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The jar in a project of somebody else's, which is compiled against nothing but it. */
class EmbeddedJarIT {
  private static final String JAR = System.getProperty("visualbert.jar");
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  private static final String MODEL = DEMO.resolve("vqa").toString();
  private static final String[] QUESTION = {
    MODEL, DEMO.resolve("images/scene-1.png").toString(), "what is the colour of the ring?"
  };
  private static final String ANSWER = "blue";
  private static final String FLAG = "--add-modules=jdk.incubator.vector";

  @TempDir private static Path folder;
  private static String plain;
  private static String modular;

  @BeforeAll
  static void compileTheConsumer() {
    Path sources = Path.of("src/test/consumer").toAbsolutePath();
    String[] classes =
        Stream.of("Ask", "AskTwice", "OpenAndClose")
            .map(name -> sources.resolve("consumer/" + name + ".java").toString())
            .toArray(String[]::new);
    plain = folder.resolve("plain").toString();
    compile("-d", plain, "--class-path", JAR, classes);
    modular = folder.resolve("modular").toString();
    compile("-d", modular, "--module-path", JAR, sources.resolve("module-info.java").toString(), classes);
  }

  @Test
  void asAModuleItIsFastWithoutAnyFlag() {
    Run run = java("--module-path", JAR + File.pathSeparator + modular, "--module", "consumer/consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("simd").endsWith("\n" + ANSWER + "\n");
    assertThat(run.err()).isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector\n");
  }

  @Test
  void onTheClassPathItIsFastWithTheFlag() {
    Run run = java(FLAG, "--class-path", JAR + File.pathSeparator + plain, "consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("simd").endsWith("\n" + ANSWER + "\n");
    assertThat(run.err()).isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector\n");
  }

  @Test
  void onTheClassPathItAnswersWithoutTheFlagAndSaysOnceWhatIsMissing() {
    Run run = java("--class-path", JAR + File.pathSeparator + plain, "consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("scalar").endsWith("\n" + ANSWER + "\n");
    assertThat(run.err()).containsOnlyOnce("--add-modules jdk.incubator.vector");
  }

  @Test
  void aModuleAndAConsumerOnTheClassPathMayBeMixed() {
    Run run =
        java("--module-path", JAR, "--add-modules=io.github.visualbert", "--class-path", plain, "consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("simd").endsWith("\n" + ANSWER + "\n");
  }

  @Test
  void aJvmWithoutTheVectorApiStillAnswers() {
    Run run =
        java("--limit-modules=java.base,java.desktop", "--class-path", JAR + File.pathSeparator + plain, "consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("scalar").endsWith("\n" + ANSWER + "\n");
  }

  @Test
  void twoClassLoadersEachHaveTheirOwn() {
    String[] arguments = Stream.concat(Stream.of(JAR, plain), Arrays.stream(QUESTION)).toArray(String[]::new);
    Run run = java(FLAG, "--class-path", plain, "consumer.AskTwice", arguments);
    assertThat(run.out().lines().filter(ANSWER::equals)).hasSize(2);
    assertThat(run.out().lines().filter(line -> line.startsWith("simd"))).hasSize(2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closingAModelFreesItsMapping() {
    assertThat(java(FLAG, "--class-path", JAR + File.pathSeparator + plain, "consumer.OpenAndClose", MODEL).out())
        .isEqualTo("false true false\n");
  }

  private record Run(String out, String err) {}

  /** Runs the JVM of this test; the last parameter holds the program's arguments. */
  private static Run java(Object... words) {
    List<String> command = flat(words);
    command.addFirst(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    try {
      Path err = Files.createTempFile(folder, "stderr", ".txt");
      Process process = builder.redirectError(err.toFile()).start();
      String out = process.inputReader(StandardCharsets.UTF_8).readAllAsString();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("still running: " + command);
      }
      Run run = new Run(out, Files.readString(err));
      assertThat(process.exitValue()).as(() -> command + "\n" + run).isZero();
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void compile(Object... words) {
    StringWriter messages = new StringWriter();
    PrintWriter writer = new PrintWriter(messages);
    int code = ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, flat(words).toArray(String[]::new));
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
