package io.github.visualbert.cli.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one download of a content run at a time. A lock in memory keeps out other threads, a lock on
 * a file other processes; the system releases it when its process dies.
 *
 * <p>On a file system without locks two downloads may write to the same file. The hash of the file
 * is still checked before it gets its name.
 */
final class CacheLock implements AutoCloseable {
  private static final ConcurrentMap<Path, ReentrantLock> OWN = new ConcurrentHashMap<>();

  private final ReentrantLock own;
  private final FileChannel channel;

  private CacheLock(ReentrantLock own, FileChannel channel) {
    this.own = own;
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param file created if missing and never deleted: two processes could each lock a file of this
   *     name otherwise
   * @param waiting runs when another holds the lock
   */
  static CacheLock take(Path file, Runnable waiting) throws IOException {
    ReentrantLock own =
        OWN.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> new ReentrantLock());
    if (!own.tryLock()) {
      waiting.run();
      own.lock();
    }
    FileChannel channel = null;
    try {
      Files.createDirectories(file.getParent());
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock(channel, waiting);
      return new CacheLock(own, channel);
    } catch (IOException | RuntimeException | Error e) {
      own.unlock();
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
  }

  private static void lock(FileChannel channel, Runnable waiting) {
    try {
      FileLock lock = channel.tryLock(); // released when the channel closes
      if (lock == null) {
        waiting.run();
        channel.lock();
      }
    } catch (IOException e) {
      // A network drive without locks: no reason to refuse a model.
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      own.unlock();
    }
  }
}
