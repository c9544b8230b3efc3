package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls between the modules, where the compiler does not hold them by itself. */
class ImportsTest {
  /** What a source file imports, and types of the JDK's closed parts that it names in full. */
  private static final Pattern NAME =
      Pattern.compile(
          "^\\s*import\\s+(?:static\\s+)?([\\w.]+)|\\b((?:jdk|sun)\\.[a-z.]+\\.[A-Z]\\w*)",
          Pattern.MULTILINE);

  private static final Path REPOSITORY = Path.of(System.getProperty("testdata")).getParent();

  @Test
  void onlySimdNamesTheVectorApi() {
    Predicate<String> incubating = name -> name.startsWith("jdk.incubator.");
    assertThat(names("core", incubating)).isEmpty();
    assertThat(names("cli", incubating)).isEmpty();
  }

  @Test
  void coreAndSimdImportTheJdkAlone() {
    Predicate<String> foreign =
        name ->
            !Set.of("java", "javax", "jdk").contains(name.split("\\.")[0])
                && !name.startsWith("io.github.visualbert.");
    assertThat(names("core", foreign)).isEmpty();
    assertThat(names("simd", foreign)).isEmpty();
  }

  @Test
  void coreAndSimdKeepOutOfTheJdksInternals() {
    Predicate<String> internal =
        name -> name.startsWith("jdk.internal.") || name.startsWith("sun.");
    assertThat(names("core", internal)).isEmpty();
    assertThat(names("simd", internal)).isEmpty();
  }

  @Test
  void onlyTheModuleForSparkNamesSpark() {
    Predicate<String> spark =
        name -> name.startsWith("org.apache.spark.") || name.startsWith("scala.");
    assertThat(names("core", spark)).isEmpty();
    assertThat(names("simd", spark)).isEmpty();
    assertThat(names("cli", spark)).isEmpty();
    Predicate<String> ofOthers =
        name ->
            !spark.test(name)
                && !name.startsWith("java.")
                && !name.startsWith("org.apache.hadoop.")
                && !name.startsWith("org.slf4j.")
                && (!name.startsWith("io.github.visualbert.")
                    || name.startsWith("io.github.visualbert.cli."));
    assertThat(names("cli/spark", ofOthers)).isEmpty();
  }

  /**
   * Returns "file: name" for every name in the module's main sources that the predicate holds for.
   */
  private static List<String> names(String module, Predicate<String> wanted) {
    try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(
              file ->
                  NAME.matcher(read(file))
                      .results()
                      .map(found -> found.group(1) != null ? found.group(1) : found.group(2))
                      .filter(wanted)
                      .map(name -> REPOSITORY.relativize(file) + ": " + name))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
