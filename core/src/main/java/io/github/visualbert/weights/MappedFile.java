package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A weight file: its bytes mapped read-only, and an open handle for what is parsed.
 *
 * <p>Readers parse what {@link #read} copied, never the mapping: a file that is truncated while it
 * is parsed then gives a short read, not a memory fault. The mapping lives as long as the caller's
 * arena, the handle until {@link #close}; it stays open to ask for the size of this file, even when
 * its name has been given to another. It is a RandomAccessFile because reading from a channel would
 * close that for everybody when one thread is interrupted; only mapping needs the channel, and does
 * so before anybody else knows of it. Thread-safe.
 */
final class MappedFile implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile handle;
  private final MemorySegment segment;
  private volatile boolean closed;

  private MappedFile(Path path, RandomAccessFile handle, MemorySegment segment) {
    this.path = path;
    this.handle = handle;
    this.segment = segment;
  }

  /**
   * Maps a whole file. An interrupted thread may do so too, and stays interrupted.
   *
   * @throws ModelException of kind UNREADABLE when there is no such regular file or it cannot be
   *     read; UNSUPPORTED when it lies in a file system of its own, such as that of a zip archive
   */
  static MappedFile open(Path path, Arena arena) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new ModelException(
          Kind.UNSUPPORTED,
          "%s: expected a file on disk, which can be mapped, found one in %s; copy it to a folder"
              .formatted(path, path.getFileSystem()));
    }
    // A pipe would block and a device has no end.
    if (!Files.isRegularFile(path)) {
      throw new ModelException(
          Kind.UNREADABLE, path + ": " + (Files.exists(path) ? "not a file" : "no such file"));
    }
    boolean interrupted = false;
    try {
      while (true) {
        RandomAccessFile handle = null;
        try {
          handle = new RandomAccessFile(path.toFile(), "r");
          return new MappedFile(path, handle, map(handle, arena));
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          close(handle);
        } catch (IOException e) {
          close(handle);
          throw unreadable(path, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Maps through the channel of the handle, which an interrupt closes. */
  private static MemorySegment map(RandomAccessFile handle, Arena arena) throws IOException {
    return handle.getChannel().map(MapMode.READ_ONLY, 0, handle.length(), arena);
  }

  Path path() {
    return path;
  }

  /** Returns the size of the file when it was opened. */
  long size() {
    return segment.byteSize();
  }

  /** Returns a view on the mapped bytes, which must lie within {@link #size}. */
  MemorySegment slice(long offset, long length) {
    return segment.asSlice(offset, length);
  }

  /** Copies bytes, which must lie within {@link #size}. */
  synchronized byte[] read(long offset, int length) {
    byte[] bytes = new byte[length];
    try {
      handle.seek(offset);
      int done = 0;
      while (done < length) {
        int count = handle.read(bytes, done, length - done);
        if (count < 0) {
          throw shrunk();
        }
        done += count;
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    return bytes;
  }

  /**
   * Checks that the file is still as long as the mapping.
   *
   * @throws ModelException of kind MALFORMED when it is shorter: touching the pages beyond its end
   *     would fault
   * @throws IllegalStateException after {@link #close}
   */
  void checkUnchanged() {
    if (closed) {
      throw new IllegalStateException(path + " is closed");
    }
    try {
      if (handle.length() < size()) {
        throw shrunk();
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private ModelException shrunk() {
    String now;
    try {
      now = handle.length() + " bytes";
    } catch (IOException e) {
      now = e.toString();
    }
    return new ModelException(
        Kind.MALFORMED,
        "%s: the file was changed while in use: expected %d bytes, found %s"
            .formatted(path, size(), now));
  }

  ModelException malformed(String what) {
    return malformed(what, null);
  }

  ModelException malformed(String what, Throwable cause) {
    return new ModelException(Kind.MALFORMED, path + ": " + what, cause);
  }

  ModelException unsupported(String what) {
    return new ModelException(Kind.UNSUPPORTED, path + ": " + what);
  }

  private static ModelException unreadable(Path path, IOException cause) {
    return new ModelException(
        Kind.UNREADABLE,
        "%s: cannot be read (%s)".formatted(path, InputFiles.reason(cause)),
        cause);
  }

  /** Closes the handle; the mapping stays until the arena is closed. */
  @Override
  public void close() {
    closed = true;
    close(handle);
  }

  private static void close(RandomAccessFile handle) {
    try {
      if (handle != null) {
        handle.close();
      }
    } catch (IOException e) {
      // Nothing is lost when closing a file that was only read fails.
    }
  }
}
