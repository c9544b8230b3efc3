package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which files of a repository make up a model.
 *
 * @param files to fetch, the small ones first
 * @param index the one of {@code files} that names further ones, or null
 */
record FileChoice(Set<RepoPath> files, RepoPath index) {
  private static final int LONGEST_INDEX = 100_000_000;

  /**
   * Chooses the files that this program reads, weights of one format only, and others by name.
   *
   * @param patterns {@code *} stands for any characters, {@code ?} for one
   * @throws ModelException when there are no weights and nothing else is asked for, or a pattern
   *     matches no file
   */
  static FileChoice ofModel(HubName name, SortedSet<RepoPath> listed, List<String> patterns) {
    Set<RepoPath> chosen = new LinkedHashSet<>();
    for (String beside : ModelFolder.besideWeights()) {
      addIfListed(beside, listed, chosen);
    }
    for (String pattern : patterns) {
      List<RepoPath> matches = matches(pattern, listed);
      if (matches.isEmpty()) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: no file matches '%s'; it has %s".formatted(name, pattern, some(listed)));
      }
      chosen.addAll(matches);
    }
    RepoPath weights = null;
    for (String candidate : ModelFolder.WEIGHTS) {
      weights = addIfListed(candidate, listed, chosen);
      if (weights != null) {
        break;
      }
    }
    if (weights == null) {
      List<RepoPath> originals = listed.stream().filter(FileChoice::isOriginal).toList();
      if (originals.size() == 1) { // as a folder's only one is its weights
        weights = originals.getFirst();
        chosen.add(weights);
      }
    }
    if (weights == null && patterns.isEmpty()) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: expected weights, one of %s or one *.th, *.pth or *.pkl file; it has %s. Others are fetched with --include"
              .formatted(name, String.join(", ", ModelFolder.WEIGHTS), some(listed)));
    }
    return new FileChoice(
        chosen,
        weights != null && weights.text().endsWith(ModelFolder.INDEX_ENDING) ? weights : null);
  }

  private static boolean isOriginal(RepoPath path) {
    return !path.text().contains("/")
        && ModelFolder.ORIGINALS.stream().anyMatch(path.text()::endsWith);
  }

  /**
   * Chooses one file.
   *
   * @throws ModelException when it is not there
   */
  static FileChoice ofFile(HubName name, SortedSet<RepoPath> listed, String file) {
    Set<RepoPath> chosen = new LinkedHashSet<>();
    if (addIfListed(file, listed, chosen) == null) {
      throw new ModelException(
          Kind.MISMATCH, "%s: has no %s; it has %s".formatted(name, file, some(listed)));
    }
    return new FileChoice(chosen, null);
  }

  /**
   * Reads the names of the shards from an index.
   *
   * @param file the index, fetched
   * @throws ModelException when it is malformed or names files that are not listed
   */
  static SortedSet<RepoPath> shards(Path file, SortedSet<RepoPath> listed) {
    SortedSet<RepoPath> shards = new TreeSet<>();
    try {
      byte[] index = TextFiles.readOfModel(file, "an index", LONGEST_INDEX);
      JsonObject map = Json.parseObject(index).getObject("weight_map");
      for (String tensor : map.keys()) {
        String shard = map.getString(tensor);
        if (!shards.add(new RepoPath(shard))) {
          continue;
        }
        if (!listed.contains(new RepoPath(shard))) {
          throw map.expected(tensor, "the name of a file of the repository");
        }
      }
      return shards;
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
    }
  }

  private static RepoPath addIfListed(
      String name, SortedSet<RepoPath> listed, Set<RepoPath> chosen) {
    RepoPath path = new RepoPath(name);
    if (!listed.contains(path)) {
      return null;
    }
    chosen.add(path);
    return path;
  }

  /** Matches as the hub's own tools do: an asterisk matches slashes too. */
  private static List<RepoPath> matches(String glob, SortedSet<RepoPath> listed) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)));
    }
    Pattern pattern = Pattern.compile(regex.toString());
    return listed.stream().filter(path -> pattern.matcher(path.text()).matches()).toList();
  }

  private static String some(SortedSet<RepoPath> listed) {
    List<String> names = new ArrayList<>();
    for (RepoPath path : listed) {
      if (names.size() == 12) {
        names.add("...");
        break;
      }
      names.add(path.text());
    }
    return names.isEmpty() ? "no files" : String.join(", ", names);
  }
}
