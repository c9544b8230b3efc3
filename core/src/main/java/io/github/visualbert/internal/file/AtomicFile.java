package io.github.visualbert.internal.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;

/**
 * A file that appears under its name whole or not at all: it is written under another name in the
 * same folder, and {@link #commit} renames it.
 *
 * <pre>{@code
 * try (AtomicFile output = AtomicFile.of(target)) {
 *   Files.writeString(output.unfinished(), text);
 *   output.commit();
 * }
 * }</pre>
 *
 * <p>A file that is replaced leaves its mode, owner and group to the new one, as far as the system
 * lets it. A device or a pipe is written to as it is.
 */
public final class AtomicFile implements AutoCloseable {
  /** Bytes of a name, at most, that is made part of another. File systems allow 255. */
  private static final int LONGEST_NAME = 180;

  private final Path target;
  private final Path unfinished;

  private AtomicFile(Path target, Path unfinished) {
    this.target = target;
    this.unfinished = unfinished;
  }

  /**
   * Begins a file under a name that no other writer has. Nothing is created yet. A link is
   * followed.
   *
   * @throws IllegalArgumentException when the target has no name, as the root of a file system
   */
  public static AtomicFile of(Path target) {
    return isSpecial(target) ? new AtomicFile(target, target) : replacing(followLinks(target));
  }

  /** Begins a file that takes the place of whatever has the name, a link too. */
  public static AtomicFile replacing(Path target) {
    if (target.getFileName() == null) {
      throw new IllegalArgumentException("expected the name of a file, found " + target);
    }
    String name = unique(target.getFileName().toString());
    return new AtomicFile(target, target.resolveSibling(name));
  }

  /** Begins a file that is written to a given path, which need not lie in the same folder. */
  public static AtomicFile of(Path target, Path unfinished) {
    return new AtomicFile(followLinks(target), unfinished);
  }

  private static String unique(String name) {
    boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    return "." + (fits ? name + "." : "") + UUID.randomUUID() + ".tmp";
  }

  /** Returns where a link leads, also one that leads to nothing yet; any other path as it is. */
  private static Path followLinks(Path path) {
    try {
      if (!Files.isSymbolicLink(path)) {
        return path;
      }
      if (Files.exists(path)) {
        return path.toRealPath();
      }
      Path next = path.resolveSibling(Files.readSymbolicLink(path));
      return Files.isSymbolicLink(next) ? path : next; // a chain to nothing is not worth more
    } catch (IOException e) {
      return path; // whoever writes it is told what is wrong
    }
  }

  /** Returns whether a path is a device or a pipe, which cannot be replaced. */
  public static boolean isSpecial(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
  }

  /** Returns whether what is written goes straight to a device or a pipe. */
  public boolean isDirect() {
    return unfinished.equals(target);
  }

  /** Returns the path to write to. */
  public Path unfinished() {
    return unfinished;
  }

  /**
   * Returns a path for what has to be put by until the file can be written: beside it, or in the
   * folder for temporary files where the output is a device or a pipe.
   */
  public Path beside(String suffix) {
    return isDirect()
        ? Path.of(System.getProperty("java.io.tmpdir"), unique("visualbert") + suffix)
        : unfinished.resolveSibling(unfinished.getFileName() + suffix);
  }

  /**
   * Renames the file to the target, and replaces a file that is there.
   *
   * @throws IOException when that fails; a file that is there is then unchanged
   */
  public void commit() throws IOException {
    if (isDirect()) {
      return;
    }
    if (Files.isRegularFile(target)) {
      keepAttributes();
    }
    try {
      Files.move(
          unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) { // they lie in two file systems
      try (AtomicFile copy = replacing(target)) {
        Files.copy(unfinished, copy.unfinished());
        copy.commit();
      }
      Files.delete(unfinished);
    }
  }

  private void keepAttributes() throws IOException {
    PosixFileAttributeView from = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    PosixFileAttributeView to =
        Files.getFileAttributeView(unfinished, PosixFileAttributeView.class);
    if (from == null || to == null) {
      return; // another kind of file system
    }
    PosixFileAttributes old = from.readAttributes();
    PosixFileAttributes now = to.readAttributes();
    try {
      if (!old.group().equals(now.group())) {
        to.setGroup(old.group());
      }
      if (!old.owner().equals(now.owner())) {
        to.setOwner(old.owner());
      }
    } catch (IOException _) {
      // only root may give a file away
    }
    to.setPermissions(old.permissions());
  }

  /** Removes the unfinished file, if it was not committed. */
  @Override
  public void close() throws IOException {
    if (!isDirect()) {
      Files.deleteIfExists(unfinished);
    }
  }
}
