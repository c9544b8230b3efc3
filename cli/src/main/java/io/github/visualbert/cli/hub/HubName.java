package io.github.visualbert.cli.hub;

import java.nio.file.Path;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The name and revision of a model on the hub.
 *
 * @param repository {@code owner/model}
 * @param revision a branch, a tag or a commit; {@link #MAIN} unless something else is asked for
 */
public record HubName(String repository, String revision) {
  /** The branch used when no revision is given. */
  public static final String MAIN = "main";

  private static final int LONGEST_REPOSITORY = 96;
  private static final int LONGEST_REVISION = 200;
  private static final Pattern REPOSITORY =
      Pattern.compile("\\w(?:[\\w.-]*\\w)?/\\w(?:[\\w.-]*\\w)?");
  private static final Pattern REVISION = Pattern.compile("[\\w.+-]+(?:/[\\w.+-]+)*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /**
   * Checks both parts: they become names of folders and parts of an address.
   *
   * @throws IllegalArgumentException when they are not valid
   */
  public HubName {
    if (!REPOSITORY.matcher(repository).matches()
        || repository.contains("--") // stands for the slash in the name of the cache's folder
        || repository.contains("..")
        || repository.endsWith(".git")
        || repository.length() > LONGEST_REPOSITORY) {
      throw new IllegalArgumentException(
          "'%s' is not the name of a model on the hub, expected one like uclanlp/visualbert-vqa"
              .formatted(repository));
    }
    if (!REVISION.matcher(revision).matches()
        || revision.contains("..")
        || ("/" + revision).contains("/.")
        || revision.length() > LONGEST_REVISION) {
      throw new IllegalArgumentException(
          "'%s' is not a revision, expected a branch, a tag or a commit".formatted(revision));
    }
  }

  /**
   * Reads {@code owner/model} or {@code owner/model@revision}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static HubName parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new HubName(text, MAIN)
        : new HubName(text.substring(0, at), text.substring(at + 1));
  }

  /** Reads a name that was parsed as a path. */
  public static Optional<HubName> ofPath(Path path) {
    if (path.isAbsolute()) {
      return Optional.empty();
    }
    StringJoiner slashes = new StringJoiner("/");
    path.forEach(element -> slashes.add(element.toString()));
    try {
      return Optional.of(parse(slashes.toString()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** Returns the name as {@link #parse} reads it, without the default revision. */
  @Override
  public String toString() {
    return revision.equals(MAIN) ? repository : repository + "@" + revision;
  }
}
