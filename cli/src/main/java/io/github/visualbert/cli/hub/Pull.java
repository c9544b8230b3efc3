package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Fetches a model from the hub into the cache.
 *
 * <p>The branch or tag is recorded last: a pull that fails leaves it at the earlier commit.
 */
public final class Pull {
  private final HubEnvironment environment;
  private final Patience patience;
  private final Progress progress;

  /**
   * The result of a pull.
   *
   * @param folder holds the files: a model folder
   * @param commit of the revision
   */
  public record Result(Path folder, String commit, List<Item> files) {}

  /**
   * A file of a pull.
   *
   * @param name relative to the folder, with slashes
   * @param size in bytes
   * @param fetched whether it had to be downloaded
   */
  public record Item(String name, long size, boolean fetched) {}

  /** Which files of a listing are wanted. */
  private interface Choice {
    FileChoice of(Hub.Listing listing);
  }

  /** Makes a pull with the default retries. */
  public Pull(HubEnvironment environment, Progress progress) {
    this(environment, progress, Patience.DEFAULT);
  }

  public Pull(HubEnvironment environment, Progress progress, Patience patience) {
    this.environment = environment;
    this.progress = progress;
    this.patience = patience;
  }

  /**
   * Fetches what is missing of a model.
   *
   * @param patterns names of further files, as {@link FileChoice#ofModel} reads them
   * @throws IOException when the cache cannot be written
   * @throws ModelException when the hub refuses, sends something else, or cannot be reached
   * @throws IllegalArgumentException when a variable of the environment is invalid
   */
  public Result model(HubName name, List<String> patterns) throws IOException {
    return run(name, listing -> FileChoice.ofModel(name, listing.files(), patterns));
  }

  /** Fetches one file of a model, as {@link #model} does. */
  public Path file(HubName name, String file) throws IOException {
    return run(name, listing -> FileChoice.ofFile(name, listing.files(), file))
        .folder()
        .resolve(file);
  }

  private Result run(HubName name, Choice choice) throws IOException {
    HubCache cache = new HubCache(environment, name.repository());
    if (environment.offline()) {
      return cache
          .find(name.revision())
          .map(folder -> new Result(folder, folder.getFileName().toString(), List.of()))
          .orElseThrow(
              () ->
                  new ModelException(
                      Kind.UNREADABLE,
                      "%s: not in the cache %s, and not fetched since HF_HUB_OFFLINE is set"
                          .formatted(name, environment.cache())));
    }
    URI endpoint = environment.endpoint();
    try (HubClient client =
        new HubClient(
            endpoint,
            environment.token().orElse(null),
            environment.proxies(),
            patience.silence())) {
      Hub hub = new Hub(endpoint, client, patience, progress);
      Hub.Listing listing = hub.list(name);
      Commit commit =
          new Commit(
              name, listing.commit(), hub, new Download(client, cache, patience, progress), cache);
      FileChoice chosen = choice.of(listing);
      List<Item> items = new ArrayList<>(commit.fetch(chosen.files()));
      if (chosen.index() != null) {
        Path index = chosen.index().in(commit.folder());
        items.addAll(commit.fetch(FileChoice.shards(index, listing.files())));
      }
      cache.writeRef(name.revision(), listing.commit());
      return new Result(commit.folder(), listing.commit(), items);
    }
  }

  /** The commit that is pulled. */
  private record Commit(HubName name, String id, Hub hub, Download download, HubCache cache) {
    Path folder() {
      return cache.snapshot(id);
    }

    List<Item> fetch(Collection<RepoPath> paths) throws IOException {
      List<Item> items = new ArrayList<>();
      for (RepoPath path : paths) {
        items.add(fetch(path));
      }
      return items;
    }

    private Item fetch(RepoPath path) throws IOException {
      Path here = path.in(folder());
      if (Files.exists(here)) {
        return new Item(path.text(), Files.size(here), false);
      }
      RemoteFile file = hub.describe(name, id, path);
      boolean fetched = download.fetch(file);
      cache.place(file.hash(), id, path);
      return new Item(path.text(), file.size(), fetched);
    }
  }
}
