package io.github.visualbert.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The jar promises what surface.txt lists, no more and no less. */
class SurfaceIT {
  private static final Path JAR = Path.of(System.getProperty("visualbert.jar"));
  private static final Path COMMITTED =
      Path.of("src/test/resources/io/github/visualbert/embed/surface.txt");
  private static final Path FOUND = Path.of("target/surface.txt");

  @Test
  void isWhatIsCommitted() throws IOException, ClassNotFoundException {
    List<String> found = Surface.of(JAR);
    Files.write(FOUND, found);
    assertThat(differences(Files.readAllLines(COMMITTED), found))
        .as(
            "what embedders may rely on has changed (- gone, + new); if that is meant, say so in"
                + " CHANGELOG.md and run: cp simd/embed/%s simd/embed/%s",
            FOUND, COMMITTED)
        .isEmpty();
  }

  /** Returns the lines that only one of two lists has, each below the type that it belongs to. */
  private static List<String> differences(List<String> before, List<String> after) {
    List<String> old = qualified(before);
    List<String> now = qualified(after);
    List<String> differences = new ArrayList<>();
    old.stream().filter(line -> !now.contains(line)).forEach(line -> differences.add("- " + line));
    now.stream().filter(line -> !old.contains(line)).forEach(line -> differences.add("+ " + line));
    return differences;
  }

  /** Puts in front of each member the type that it belongs to. */
  private static List<String> qualified(List<String> lines) {
    List<String> qualified = new ArrayList<>();
    String type = "";
    for (String line : lines) {
      if (line.startsWith("  ")) {
        qualified.add(type + " " + line.strip());
      } else {
        type = line.substring(0, line.indexOf(':'));
        qualified.add(line);
      }
    }
    return qualified;
  }
}
