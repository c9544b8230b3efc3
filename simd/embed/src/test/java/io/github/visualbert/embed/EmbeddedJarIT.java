package io.github.visualbert.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
    Jvm.compile("-d", plain, "--class-path", JAR, classes);
    modular = folder.resolve("modular").toString();
    Jvm.compile(
        "-d",
        modular,
        "--module-path",
        JAR,
        sources.resolve("module-info.java").toString(),
        classes);
  }

  @Test
  void asAModuleItIsFastWithoutAnyFlag() {
    Jvm.Run run =
        Jvm.java(
            "--module-path",
            JAR + File.pathSeparator + modular,
            "--module",
            "consumer/consumer.Ask",
            QUESTION);
    assertThat(run.out()).startsWith("simd").endsWith("\n" + ANSWER + "\n");
    assertThat(run.err()).isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector\n");
  }

  @Test
  void onTheClassPathItIsFastWithTheFlag() {
    Jvm.Run run =
        Jvm.java(FLAG, "--class-path", JAR + File.pathSeparator + plain, "consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("simd").endsWith("\n" + ANSWER + "\n");
    assertThat(run.err()).isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector\n");
  }

  @Test
  void onTheClassPathItAnswersWithoutTheFlagAndSaysOnceWhatIsMissing() {
    Jvm.Run run =
        Jvm.java("--class-path", JAR + File.pathSeparator + plain, "consumer.Ask", QUESTION);
    assertThat(run.out()).startsWith("scalar").endsWith("\n" + ANSWER + "\n");
    assertThat(run.err()).containsOnlyOnce("--add-modules jdk.incubator.vector");
  }

  @Test
  void aModuleAndAConsumerOnTheClassPathMayBeMixed() {
    Jvm.Run run =
        Jvm.java(
            "--module-path",
            JAR,
            "--add-modules=io.github.visualbert",
            "--class-path",
            plain,
            "consumer.Ask",
            QUESTION);
    assertThat(run.out()).startsWith("simd").endsWith("\n" + ANSWER + "\n");
  }

  @Test
  void aJvmWithoutTheVectorApiStillAnswers() {
    Jvm.Run run =
        Jvm.java(
            "--limit-modules=java.base,java.desktop",
            "--class-path",
            JAR + File.pathSeparator + plain,
            "consumer.Ask",
            QUESTION);
    assertThat(run.out()).startsWith("scalar").endsWith("\n" + ANSWER + "\n");
  }

  static Stream<Arguments> otherJvms() {
    return Stream.of(
        arguments("a little heap", List.of("-Xmx16m"), "simd"),
        arguments("no native access at all", List.of("--illegal-native-access=deny"), "simd"),
        arguments("vectors of 128 bits at most", List.of("-XX:MaxVectorSize=16"), "simd"),
        arguments("vectors too short", List.of("-XX:MaxVectorSize=8"), "scalar"),
        arguments("no optimising compiler", List.of("-XX:TieredStopAtLevel=1"), "scalar"),
        arguments("no compiler", List.of("-Xint"), "scalar"),
        arguments("no fused multiply-add", List.of("-XX:-UseFMA"), "scalar"));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("otherJvms")
  void itAnswersOnAnyJvmAndSaysOnceWhatMakesItSlow(
      String name, List<String> flags, String provider) {
    Jvm.Run run =
        Jvm.java(
            FLAG,
            flags.toArray(String[]::new),
            "--class-path",
            JAR + File.pathSeparator + plain,
            "consumer.Ask",
            QUESTION);
    assertThat(run.out()).startsWith(provider).endsWith("\n" + ANSWER + "\n");
    String incubating = "WARNING: Using incubator modules: jdk.incubator.vector\n";
    if (provider.equals("simd")) {
      assertThat(run.err()).isEqualTo(incubating);
    } else {
      assertThat(run.err()).containsOnlyOnce("computing many times slower than possible");
    }
  }

  @Test
  void itNamesTheOptionThatTurnsTheCompilerOff() {
    Jvm.Run run =
        Jvm.java(
            FLAG,
            "-XX:TieredStopAtLevel=1",
            "--class-path",
            JAR + File.pathSeparator + plain,
            "consumer.Ask",
            QUESTION);
    assertThat(run.err()).contains("-XX:TieredStopAtLevel", "-DforceC2=true");
  }

  @Test
  void itNeedsModulesOfTheJdkAlone() {
    Jvm.Run described = Jvm.java("--module-path", JAR, "--describe-module", "io.github.visualbert");
    assertThat(described.out().lines().filter(line -> line.startsWith("requires")))
        .containsExactlyInAnyOrder(
            "requires java.base mandated",
            "requires java.desktop",
            "requires jdk.incubator.vector");
  }

  @Test
  void twoClassLoadersEachHaveTheirOwn() {
    String[] arguments =
        Stream.concat(Stream.of(JAR, plain), Arrays.stream(QUESTION)).toArray(String[]::new);
    Jvm.Run run = Jvm.java(FLAG, "--class-path", plain, "consumer.AskTwice", arguments);
    assertThat(run.out().lines().filter(ANSWER::equals)).hasSize(2);
    assertThat(run.out().lines().filter(line -> line.startsWith("simd"))).hasSize(2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closingAModelFreesItsMapping() {
    assertThat(
            Jvm.java(
                    FLAG,
                    "--class-path",
                    JAR + File.pathSeparator + plain,
                    "consumer.OpenAndClose",
                    MODEL)
                .out())
        .isEqualTo("false true false\n");
  }
}
