package io.github.visualbert.cli.hub;

import io.github.visualbert.internal.file.AtomicFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The ways to place a content of the cache as a file of a commit, the best first. */
enum Placement {
  /**
   * As the hub's own tools do. Windows demands a privilege for links; some file systems have none.
   */
  SYMBOLIC_LINK {
    @Override
    void make(Path blob, Path target) throws IOException {
      // Relative, so that the cache may be moved.
      Files.createSymbolicLink(target, target.getParent().relativize(blob));
    }
  },
  /** Needs no space either. */
  HARD_LINK {
    @Override
    void make(Path blob, Path target) throws IOException {
      Files.createLink(target, blob);
    }
  },
  /** Doubles the space. */
  COPY {
    @Override
    void make(Path blob, Path target) throws IOException {
      try (AtomicFile file = AtomicFile.replacing(target)) {
        Files.copy(blob, file.unfinished());
        file.commit();
      }
    }
  };

  /** Makes the file where there is none. */
  abstract void make(Path blob, Path target) throws IOException;

  /**
   * Makes the file, or tries the next way where this one fails.
   *
   * @param target its folder exists; a link that leads nowhere is replaced
   */
  final void place(Path blob, Path target) throws IOException {
    if (Files.isSymbolicLink(target) && !Files.exists(target)) {
      Files.delete(target);
    }
    try {
      make(blob, target);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster, with the same content: a file of a commit never changes.
    } catch (IOException | UnsupportedOperationException e) {
      if (this == COPY) {
        throw e;
      }
      values()[ordinal() + 1].place(blob, target);
    }
  }
}
