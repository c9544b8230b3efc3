package io.github.visualbert.cli.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A stream with a read timeout.
 *
 * <p>The JDK's HTTP client has none: the timeout of a request ends with the headers in some
 * versions and limits the whole download in others. Not thread-safe.
 */
final class WatchedStream extends FilterInputStream {
  private final Duration silence;
  private final Thread watcher;
  private volatile long heardAt = System.nanoTime();
  private volatile boolean reading;
  private volatile boolean cut;

  WatchedStream(InputStream in, Duration silence) {
    super(in);
    this.silence = silence;
    watcher = Thread.ofVirtual().name("hub-watcher").start(this::watch);
  }

  private void watch() {
    try {
      while (true) {
        long left = silence.toNanos() - (System.nanoTime() - heardAt);
        if (left <= 0 && reading) {
          cut = true;
          in.close(); // wakes the reader
          return;
        }
        // Only time spent in read counts: the reader may be busy with a slow disk.
        Thread.sleep(left > 0 ? Duration.ofNanos(left) : silence);
      }
    } catch (InterruptedException | IOException e) {
      // Closed: nothing is left to watch.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    heardAt = System.nanoTime();
    reading = true;
    try {
      int count = in.read(buffer, offset, length);
      if (count < 0 && cut) {
        throw silent(null);
      }
      return count;
    } catch (IOException e) {
      throw cut ? silent(e) : e;
    } finally {
      reading = false;
    }
  }

  private IOException silent(IOException cause) {
    return new IOException("nothing arrived for %d s".formatted(silence.toSeconds()), cause);
  }

  @Override
  public void close() throws IOException {
    watcher.interrupt();
    in.close();
  }
}
