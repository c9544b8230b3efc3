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
 * Keeps everyone else from downloading the same content: threads by a lock of this process,
 * processes by a lock on a file, which the system gives up when its process dies.
 *
 * <p>Where the file system has no locks two downloads may write the same bytes to the same file;
 * what comes of it is still checked before it gets its name.
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
   * @param file made if need be, and left behind: to delete it would give one lock to two
   * @param waiting told when someone else has the lock
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
      FileLock lock = channel.tryLock(); // given up with the channel
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
