package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The walls between the packages: what each may import of the others in its module. Whoever needs a
 * new arrow writes it into the table, where a reader sees it.
 *
 * <p>A package imports only those on lines below its own, so there are no circles.
 */
class ArrowsTest {
  private static final Path REPOSITORY = Path.of(System.getProperty("testdata")).getParent();
  private static final String ROOT = "io.github.visualbert";
  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (?:static )?(" + Pattern.quote(ROOT) + "(?:\\.[a-z0-9]+)*)\\.[A-Z]",
          Pattern.MULTILINE);

  private static final String CORE =
      """
      ask           -> / config detect error internal.file internal.json model picture task tensor vision
      /             -> config detect error extract forward internal.file internal.json internal.task kernel model picture task tensor text vision weights
      task          -> config error internal.json internal.task kernel model tensor text vision
      extract       -> internal.json picture vision
      detect        -> error internal.file internal.json kernel picture tensor vision weights
      forward       -> config kernel model tensor
      internal.task -> config error kernel model text vision
      model         -> config error kernel tensor weights
      vision        -> error internal.file tensor weights
      config        -> error internal.file internal.json kernel
      picture       -> error internal.file
      text          -> error internal.file internal.json
      weights       -> error internal.file internal.json tensor
      internal.file -> error
      kernel        -> tensor
      error         ->
      internal.json ->
      tensor        ->
      """;

  private static final String CLI =
      """
      /               -> bench console convert detect doctor evaluate explain file forward inspect pull run serve tokenize
      run             -> batch batch.arrow batch.json console detector file model question
      detect          -> batch.arrow cases console detect.draw detect.features detector file model
      serve           -> console file model serve.door serve.http serve.metrics serve.model
      serve.door      -> console detector explanation serve.http serve.metrics serve.model
      serve.model     -> detector explanation serve.http serve.metrics
      serve.http      -> console
      serve.metrics   ->
      explain         -> console detector draw explanation file model question
      evaluate        -> console detector evaluate.grounding file model question
      batch.arrow     -> batch file
      batch.json      -> batch file
      bench           -> console detector model
      convert         -> console detector file model
      detect.draw     -> draw file
      detect.features -> detector file
      doctor          -> console detector model
      forward         -> cases console file model
      inspect         -> console detector model
      tokenize        -> console file model
      question        -> console detector model
      batch           -> console file
      cases           -> console file
      detector        -> console file model
      model           -> console hub
      pull            -> console file hub
      evaluate.grounding -> console
      console         ->
      explanation     -> draw
      draw            ->
      file            ->
      hub             ->
      """;

  @Test
  void packagesOfCoreImportThoseBelow() throws IOException {
    check("core", ROOT, CORE);
  }

  @Test
  void packagesOfTheCommandLineImportThoseBelow() throws IOException {
    check("cli", ROOT + ".cli", CLI);
  }

  private static void check(String module, String root, String table) throws IOException {
    Map<String, SortedSet<String>> arrows = arrows(module, root);
    List<String> order = new ArrayList<>();
    Map<String, SortedSet<String>> expected = new TreeMap<>();
    for (String line : table.lines().toList()) {
      String[] sides = line.split("->", -1);
      order.add(sides[0].strip());
      expected.put(sides[0].strip(), new TreeSet<>(words(sides[1])));
    }
    assertThat(text(arrows))
        .as("imports between the packages of " + module)
        .isEqualTo(text(expected));
    expected.forEach(
        (name, imported) ->
            assertThat(order.subList(order.indexOf(name) + 1, order.size()))
                .as("below " + name)
                .containsAll(imported));
  }

  /** Returns what each package of a module imports of the others, by names below the root. */
  private static Map<String, SortedSet<String>> arrows(String module, String root)
      throws IOException {
    Path sources = REPOSITORY.resolve(module).resolve("src/main/java");
    Map<String, SortedSet<String>> arrows = new TreeMap<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Path folder = sources.relativize(file.getParent());
        String name = folder.toString().replace(folder.getFileSystem().getSeparator(), ".");
        if (name.isEmpty()) {
          continue; // module-info
        }
        SortedSet<String> imported =
            arrows.computeIfAbsent(below(root, name), _ -> new TreeSet<>());
        IMPORT
            .matcher(Files.readString(file))
            .results()
            .map(found -> found.group(1))
            .filter(other -> isIn(root, other) && !other.equals(name))
            .forEach(other -> imported.add(below(root, other)));
      }
    }
    return arrows;
  }

  private static boolean isIn(String root, String name) {
    return name.equals(root) || name.startsWith(root + ".");
  }

  private static String below(String root, String name) {
    return name.equals(root) ? "/" : name.substring(root.length() + 1);
  }

  private static List<String> words(String text) {
    return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  private static String text(Map<String, SortedSet<String>> arrows) {
    return arrows.entrySet().stream()
        .map(entry -> entry.getKey() + " -> " + String.join(" ", entry.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
