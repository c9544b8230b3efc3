package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One model in the cache that Hugging Face's own tools share, in their layout:
 *
 * <pre>
 * models--owner--model/
 *   blobs/HASH                 the content of a file, named by its hash
 *   refs/REVISION              a text file: the commit that a branch or tag stands for
 *   snapshots/COMMIT/FILE      a link into blobs
 * .locks/models--owner--model/HASH.lock
 * </pre>
 *
 * <p>Everything appears under its name whole or not at all. Processes may use the cache at the same
 * time.
 */
public final class HubCache {
  private final Path folder;
  private final Path locks;
  private final Placement preferred;

  /**
   * Points to the folder of a model; reads and creates nothing.
   *
   * @param repository {@code owner/model}
   */
  public HubCache(HubEnvironment environment, String repository) {
    String name = "models--" + repository.replace("/", "--");
    folder = environment.cache().resolve(name);
    locks = environment.cache().resolve(".locks").resolve(name);
    preferred = environment.symbolicLinks() ? Placement.SYMBOLIC_LINK : Placement.HARD_LINK;
  }

  /**
   * Finds the files of a revision.
   *
   * @return the folder of its commit, which may lack files; empty when there is none
   * @throws ModelException when the cache exists and cannot be read
   */
  public Optional<Path> find(String revision) {
    Optional<String> commit =
        HubName.isCommit(revision) ? Optional.of(revision) : readRef(revision);
    return commit.map(this::snapshot).filter(Files::isDirectory);
  }

  /** Returns the folder of a commit, which need not exist. */
  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  /** Returns the path of a content, which need not exist. */
  Path blob(ContentHash hash) {
    return folder.resolve("blobs").resolve(hash.hex());
  }

  /**
   * Returns the path of a content while it is incomplete. The Python tools use another name: their
   * locks ({@code flock}) and Java's ({@code fcntl}) do not exclude each other on Linux, so neither
   * may append to the other's file.
   */
  Path partial(ContentHash hash) {
    return folder.resolve("blobs").resolve(hash.hex() + ".visualbert.incomplete");
  }

  /** Returns the file to lock while downloading a content. */
  Path lock(ContentHash hash) {
    return locks.resolve(hash.hex() + ".lock");
  }

  /** Places a content of the cache as a file of a commit. */
  void place(ContentHash hash, String commit, RepoPath file) throws IOException {
    Path target = file.in(snapshot(commit));
    Files.createDirectories(target.getParent());
    preferred.place(blob(hash), target);
  }

  /** Copies a user's file into a commit, in place of the hub's if there is one. */
  public Path add(Path file, String commit, String name) throws IOException {
    Path target = snapshot(commit).resolve(name);
    try (AtomicFile copy = AtomicFile.replacing(target)) {
      Files.copy(file, copy.unfinished());
      copy.commit();
    }
    return target;
  }

  /** Records which commit a branch or tag stands for. */
  void writeRef(String revision, String commit) throws IOException {
    if (HubName.isCommit(revision) || readRef(revision).filter(commit::equals).isPresent()) {
      return;
    }
    Path ref = ref(revision);
    Files.createDirectories(ref.getParent());
    try (AtomicFile file = AtomicFile.replacing(ref)) {
      Files.writeString(file.unfinished(), commit);
      file.commit();
    }
  }

  private Optional<String> readRef(String revision) {
    Path ref = ref(revision);
    try {
      if (!Files.isRegularFile(ref)) { // a folder: "a" where there is a branch "a/b"
        return Optional.empty();
      }
      return Optional.of(Files.readString(ref, StandardCharsets.ISO_8859_1).strip())
          .filter(HubName::isCommit);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ModelException(Kind.UNREADABLE, "%s: cannot be read (%s)".formatted(ref, e), e);
    }
  }

  private Path ref(String revision) {
    return folder.resolve("refs").resolve(revision);
  }
}
