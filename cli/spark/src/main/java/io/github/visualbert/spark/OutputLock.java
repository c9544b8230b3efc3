package io.github.visualbert.spark;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one driver to write an output folder: a file {@code _lock} that names the driver and
 * holds a number that it counts up as long as it lives. A number that stands still was left by a
 * driver that was killed; no clocks are compared. Thread-safe.
 */
final class OutputLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.github.visualbert.spark");

  /** What the names of its files begin with. */
  static final String NAME = "_lock";

  /**
   * How a lock lives.
   *
   * @param beat after which its driver counts
   * @param stale after which a lock that stands still is nobody's
   */
  record Pace(Duration beat, Duration stale) {
    /** Six beats: storage that is slow for half a minute does not lose the lock. */
    static final Pace OF_JOBS = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  private static final long LOOK_MILLIS = 1000;

  private final FileSystem files;
  private final Path folder;
  private final Path file;
  private final String driver;
  private final String token = UUID.randomUUID().toString();
  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("visualbert-lock").factory());
  private long count; // guarded by this
  private boolean closed; // guarded by this

  private OutputLock(FileSystem files, Path folder, String driver) {
    // without checksums, whose file of its own would be written at another moment
    this.files = files instanceof LocalFileSystem local ? local.getRaw() : files;
    this.folder = folder;
    this.file = new Path(folder, NAME);
    this.driver = driver;
  }

  /**
   * Takes the lock of a folder, which is made if it is not there. Waits where another driver's lock
   * is there, until it is seen whether that driver lives.
   *
   * @param driver what messages call this driver, in one line
   * @throws InputException when another driver is writing
   */
  static OutputLock take(FileSystem files, Path folder, String driver, Pace pace)
      throws IOException {
    OutputLock lock = new OutputLock(files, folder, driver);
    try {
      lock.files.mkdirs(folder);
      while (!lock.create()) {
        String left = lock.standing(pace);
        if (left != null) {
          lock.putAside(left);
        }
      }
      long beat = pace.beat().toMillis();
      lock.beats.scheduleWithFixedDelay(lock::beat, beat, beat, TimeUnit.MILLISECONDS);
      return lock;
    } catch (IOException | RuntimeException e) {
      lock.beats.shutdownNow();
      throw e;
    }
  }

  private String content() {
    return driver + "\n" + token + "\n" + count + "\n";
  }

  private static String driverOf(String content) {
    return content.lines().findFirst().orElse("one that is not named");
  }

  private InputException busy(String content) {
    return new InputException(
        Kind.MISMATCH,
        "%s: another driver is writing it (%s); wait for its end, or name another output"
            .formatted(folder, driverOf(content)));
  }

  /** Makes the file, unless it is there. */
  private synchronized boolean create() throws IOException {
    byte[] content = content().getBytes(StandardCharsets.UTF_8);
    try {
      if (files instanceof RawLocalFileSystem local) {
        // whose own create looks first and makes then, and may so let two drivers in
        Files.write(local.pathToFile(file).toPath(), content, StandardOpenOption.CREATE_NEW);
      } else {
        try (FSDataOutputStream out = files.create(file, false)) {
          out.write(content);
        }
      }
    } catch (IOException e) {
      if (read(file) == null) {
        throw e;
      }
      return false;
    }
    return isOwn(); // where storage lets two create one file, the last one has it
  }

  /**
   * Waits as long as the file stands still, and returns what it holds when it is stale; null when
   * it is gone.
   *
   * @throws InputException when its driver lives
   */
  private String standing(Pace pace) throws IOException {
    String first = read(file);
    if (first != null) {
      LOG.warn(
          "visualbert: {} has the lock of {}; waiting {} s at most to see whether it lives",
          driverOf(first),
          folder,
          pace.stale().toSeconds());
    }
    long begin = System.nanoTime();
    String now = first;
    while (now != null && System.nanoTime() - begin < pace.stale().toNanos()) {
      try {
        Thread.sleep(Math.min(LOOK_MILLIS, pace.beat().toMillis()));
      } catch (InterruptedException _) {
        throw new InterruptedIOException(folder + ": waiting for its lock was interrupted");
      }
      now = read(file);
      if (now != null && !now.equals(first)) {
        throw busy(now.isEmpty() ? first : now);
      }
    }
    return now;
  }

  /**
   * Removes a stale lock. It is moved first and then looked at: between the two looks another
   * driver may have replaced it by its own.
   */
  private void putAside(String stale) throws IOException {
    Path aside = new Path(folder, NAME + "-" + token);
    try {
      if (!files.rename(file, aside)) {
        return;
      }
    } catch (FileNotFoundException _) {
      return; // another driver was faster
    }
    String moved = read(aside);
    if (moved != null && !moved.equals(stale)) {
      files.rename(aside, file);
      throw busy(moved);
    }
    files.delete(aside, false);
    LOG.warn("visualbert: took the lock of {} from {}, which is dead", folder, driverOf(stale));
  }

  private synchronized void beat() {
    try {
      if (!closed && isOwn()) {
        count++;
        try (FSDataOutputStream out = files.create(file, true)) {
          out.write(content().getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      LOG.warn("visualbert: the lock of {} could not be renewed: {}", folder, e.toString());
    }
  }

  private boolean isOwn() throws IOException {
    String content = read(file);
    return content != null && content.contains(token);
  }

  /** Returns what a file holds, or null when it is not there. */
  private String read(Path path) throws IOException {
    try (FSDataInputStream in = files.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException _) {
      return null;
    }
  }

  /**
   * Checks that the lock was not lost, as by a driver that did not run for a minute.
   *
   * @throws InputException when it was
   */
  synchronized void require() throws IOException {
    if (!isOwn()) {
      String content = read(file);
      throw new InputException(
          Kind.MISMATCH,
          "%s: this driver lost its lock (%s); start the same command again to go on"
              .formatted(
                  folder, content == null ? NAME + " was removed" : "to " + driverOf(content)));
    }
  }

  /** Removes the file, if it is still this driver's. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    beats.shutdownNow();
    if (isOwn()) {
      files.delete(file, false);
    }
  }
}
