package io.github.visualbert.cli.hub;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The path of a file in a repository: names between slashes, none of which leads out of it.
 *
 * @param text {@code config.json}, {@code onnx/model.onnx}
 */
record RepoPath(String text) implements Comparable<RepoPath> {
  private static final int LONGEST = 1024;

  /** Applies the rules of Windows on every system: a cache is shared and copied. */
  private static final Pattern LEADS_OUT =
      Pattern.compile("(?:^|.*[/\\\\])(?:\\.{0,2}|[A-Za-z]:.*)(?:[/\\\\].*|$)", Pattern.DOTALL);

  /**
   * Checks the name that a repository gives to a file.
   *
   * @throws ModelException of kind HOSTILE when the name leads out of the repository or has control
   *     characters
   */
  RepoPath {
    if (LEADS_OUT.matcher(text).matches() || text.length() > LONGEST || !isPrintable(text)) {
      throw new ModelException(
          Kind.HOSTILE,
          "the hub lists a file %s, expected names of files within the repository"
              .formatted(quote(text.length() > LONGEST ? text.substring(0, 80) + "..." : text)));
    }
  }

  private static boolean isPrintable(String text) {
    return text.codePoints()
        .noneMatch(
            c ->
                switch (Character.getType(c)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.SURROGATE,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR ->
                      true;
                  default -> false;
                });
  }

  /**
   * Resolves the path below a folder.
   *
   * @throws ModelException when this system allows no such name
   */
  Path in(Path folder) {
    Path file = folder;
    for (String name : text.split("/")) {
      Path element = element(name);
      if (element == null || element.isAbsolute() || element.getNameCount() != 1) {
        throw new ModelException(
            Kind.UNSUPPORTED, "%s: this system allows no file of that name".formatted(text));
      }
      file = file.resolve(element);
    }
    return file;
  }

  private static Path element(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  @Override
  public int compareTo(RepoPath other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
