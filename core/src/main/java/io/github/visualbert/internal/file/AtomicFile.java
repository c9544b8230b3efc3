package io.github.visualbert.internal.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A file that appears under its name whole or not at all: it is written beside it, and moved over
 * it by {@link #commit}.
 *
 * <pre>{@code
 * try (AtomicFile output = AtomicFile.of(target)) {
 *   Files.writeString(output.unfinished(), text);
 *   output.commit();
 * }
 * }</pre>
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path unfinished;

  private AtomicFile(Path target, Path unfinished) {
    this.target = target;
    this.unfinished = unfinished;
  }

  /**
   * Begins a file under a name that no other writer has. Nothing is created yet.
   *
   * @throws IllegalArgumentException when the target has no name, as the root of a file system
   */
  public static AtomicFile of(Path target) {
    if (target.getFileName() == null) {
      throw new IllegalArgumentException("expected the name of a file, found " + target);
    }
    return of(target, "." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  /** Begins a file under a given name in the folder of the target, which is written over. */
  public static AtomicFile of(Path target, String unfinished) {
    return new AtomicFile(target, target.resolveSibling(unfinished));
  }

  /** Returns the path to write to. */
  public Path unfinished() {
    return unfinished;
  }

  /**
   * Gives the file its name, in place of a file that has it.
   *
   * @throws IOException when that fails; then the old file is as it was
   */
  public void commit() throws IOException {
    Files.move(
        unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes the unfinished file, if it was not committed. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(unfinished);
  }
}
