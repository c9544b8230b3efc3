package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which JVM the launcher picks, tested with fake JVMs that print their names. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
  private static final Path LAUNCHER = Program.HOME.resolve("bin/visualbert");

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void noJavaNearby() {
    for (String variable :
        new String[] {
          "JAVA_HOME", "JAVA25_HOME", "SDKMAN_DIR", "VISUALBERT_CACHE", "VISUALBERT_JAVA_OPTIONS"
        }) {
      environment.put(variable, "");
    }
    environment.put("HOME", folder.toString());
    environment.put("PATH", "/usr/bin:/bin");
  }

  private Path jdk(String name, String release) throws IOException {
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Path java = home.resolve("bin/java");
    Files.writeString(
        java, "#!/bin/sh\necho '" + name + "'\nfor argument; do echo \"$argument\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(home.resolve("release"), release);
    return home;
  }

  private static String version(String version) {
    return "IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\""
        + version
        + "\"\nJAVA_VERSION_DATE=\"2026-01-01\"\n";
  }

  private String picked() {
    Program.Result result = Program.run(LAUNCHER, environment, "--version");
    assertThat(result.err()).isEmpty();
    return result.out().lines().findFirst().orElse("");
  }

  @Test
  void javaHomeComesFirst() throws IOException {
    environment.put("JAVA_HOME", jdk("first", version("25")).toString());
    environment.put("JAVA25_HOME", jdk("second", version("25.0.3")).toString());
    assertThat(picked()).isEqualTo("first");
  }

  @Test
  void newerOnesWillDo() throws IOException {
    environment.put("JAVA_HOME", jdk("newer", version("26-ea")).toString());
    assertThat(picked()).isEqualTo("newer");
    environment.put("JAVA_HOME", jdk("newest", version("100.0.1")).toString());
    assertThat(picked()).isEqualTo("newest");
  }

  @Test
  void olderOnesAreSkipped() throws IOException {
    environment.put("JAVA25_HOME", jdk("good", version("25.0.1")).toString());
    for (String old : new String[] {"1.8.0_402", "9", "17.0.15", "24.0.2"}) {
      environment.put("JAVA_HOME", jdk("old", version(old)).toString());
      assertThat(picked()).as("JAVA_HOME is %s", old).isEqualTo("good");
    }
  }

  @Test
  void foldersThatAreNoJdkAreSkipped() throws IOException {
    environment.put("JAVA25_HOME", jdk("good", version("25.0.1")).toString());
    for (String odd :
        new String[] {"", "JAVA_VERSION=\n", "JAVA_VERSION=\"\"\n", "JAVA_VERSION=\"x\"\n"}) {
      environment.put("JAVA_HOME", jdk("odd", odd).toString());
      assertThat(picked()).as("the release file says '%s'", odd).isEqualTo("good");
    }
    environment.put("JAVA_HOME", folder.resolve("nowhere").toString());
    assertThat(picked()).isEqualTo("good");
  }

  @Test
  void theReleaseFileMayEndWithoutANewline() throws IOException {
    environment.put("JAVA_HOME", jdk("plain", "JAVA_VERSION=\"25.0.3\"").toString());
    assertThat(picked()).isEqualTo("plain");
  }

  @Test
  void linksOnThePathAreFollowed() throws IOException {
    Path home = jdk("with spaces", version("25"));
    Path links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("java25"), home.resolve("bin/java"));
    Files.createSymbolicLink(links.resolve("java"), Path.of("java25"));
    environment.put("PATH", links + ":/usr/bin:/bin");
    assertThat(picked()).isEqualTo("with spaces");
  }

  @Test
  void theLauncherMayBeALink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("vb"), LAUNCHER);
    environment.put("JAVA_HOME", jdk("jdk", version("25")).toString());
    Program.Result result = Program.run(link, environment);
    Files.delete(link);
    assertThat(result.out()).contains(Program.HOME.resolve("lib/visualbert-cli.jar").toString());
  }

  @Test
  void argumentsArriveAsTheyWereGiven() throws IOException {
    environment.put("JAVA_HOME", jdk("jdk", version("25")).toString());
    String[] args = {"--question", "what's  \"that\" $HOME * \\?", "", "où"};
    Program.Result result = Program.run(LAUNCHER, environment, args);
    assertThat(result.out()).endsWith(String.join("\n", args) + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash --posix", "busybox sh", "ksh"})
  void anyShellOfPosixCanRunIt(String shell) throws IOException {
    String first = shell.split(" ")[0];
    assumeTrue(Files.isExecutable(Path.of("/bin", first)), "no " + first + " on this machine");
    environment.put("JAVA_HOME", jdk("jdk", version("25")).toString());
    String[] command = ("-c|exec " + shell + " \"$0\" \"$@\"|" + LAUNCHER + "|a  b|*").split("\\|");
    Program.Result result = Program.run(Path.of("/bin/sh"), environment, command);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("jdk\n").endsWith("-cli.jar\na  b\n*\n");
  }

  @Test
  void optionsForTheJvmComeBeforeTheJar() throws IOException {
    environment.put("JAVA_HOME", jdk("jdk", version("25")).toString());
    environment.put("VISUALBERT_JAVA_OPTIONS", "-Xmx1g -Dx=y");
    assertThat(Program.run(LAUNCHER, environment).out()).contains("\n-Xmx1g\n-Dx=y\n-jar\n");
  }

  /** The JVM takes one of each, and the user's own. */
  @Test
  void givesWayToOptionsOfTheEnvironment() throws IOException {
    environment.put("JAVA_HOME", jdk("jdk", version("25")).toString());
    for (String variable :
        List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "VISUALBERT_JAVA_OPTIONS")) {
      for (String collector : List.of("-XX:+UseG1GC", "-Xmx1g -XX:+UseZGC -Dx=y")) {
        environment.put(variable, collector);
        assertThat(Program.run(LAUNCHER, environment).out()).doesNotContain("UseSerialGC");
      }
      for (String archive : List.of("-Xshare:auto", "-XX:SharedArchiveFile=a", "-XX:AOTMode=off")) {
        environment.put(variable, archive);
        assertThat(Program.run(LAUNCHER, environment).out())
            .contains("-XX:+UseSerialGC\n")
            .doesNotContain("-XX:AOTCache")
            .doesNotContain("\n-Xshare:auto\n-Xlog");
      }
      environment.put(variable, "");
    }
    assertThat(Program.run(LAUNCHER, environment).out()).contains("-XX:+UseSerialGC\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8"})
  void lettersBeyondAsciiSurviveLocalesWithoutThem(String locale) {
    environment.put("LC_ALL", locale);
    Program.Result result = Program.run(LAUNCHER, environment, "où");
    assertThat(result.err()).contains("'où'");
  }

  @Test
  void theClassCacheIsUsedWithTheJarsAndTheJavaItWasMadeOf() throws IOException {
    Path home = folder.resolve("visualbert");
    Path launcher = Files.createDirectories(home.resolve("bin")).resolve("visualbert");
    Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);
    Path jar = Files.createDirectories(home.resolve("lib")).resolve("visualbert-cli.jar");
    Files.writeString(jar, "classes");
    Path java = jdk("jdk", version("25"));
    environment.put("JAVA_HOME", java.toString());

    environment.put("VISUALBERT_CACHE", "create");
    String cache = option(launcher, "-XX:AOTCacheOutput=");
    Files.writeString(Path.of(cache), "cache");
    environment.put("VISUALBERT_CACHE", "");
    assertThat(option(launcher, "-XX:AOTCache=")).isEqualTo(cache);

    Files.writeString(jar, "Classes");
    assertThat(option(launcher, "-XX:AOTCache=")).as("after the jar changed").isNull();
    Files.writeString(jar, "classes");
    assertThat(option(launcher, "-XX:AOTCache=")).isEqualTo(cache);

    jdk("jdk", version("25") + "BUILD=\"another\"\n");
    assertThat(option(launcher, "-XX:AOTCache=")).as("after Java changed").isNull();

    environment.put("VISUALBERT_CACHE", "create");
    assertThat(option(launcher, "-XX:AOTCacheOutput=")).isNotEqualTo(cache);
    assertThat(Path.of(cache)).as("the old cache").doesNotExist();
  }

  /** Returns the rest of the JVM's option that begins so, or null. */
  private String option(Path launcher, String beginning) {
    return Program.run(launcher, environment)
        .out()
        .lines()
        .filter(line -> line.startsWith(beginning))
        .map(line -> line.substring(beginning.length()))
        .findAny()
        .orElse(null);
  }
}
