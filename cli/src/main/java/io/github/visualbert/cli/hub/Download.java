package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Downloads one file into the cache. Received bytes are kept when the connection is cut or the
 * process dies, and the next download asks for the rest. The content gets its name only once its
 * length and hash are right.
 */
final class Download {
  private static final int CHUNK = 1 << 18;
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18})");

  private final HubClient client;
  private final HubCache cache;
  private final Patience patience;
  private final Progress progress;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);

  Download(HubClient client, HubCache cache, Patience patience, Progress progress) {
    this.client = client;
    this.cache = cache;
    this.patience = patience;
    this.progress = progress;
  }

  /**
   * Fetches the content into a blob of the cache, unless the blob is there.
   *
   * @return whether anything had to be fetched
   * @throws IOException when the cache cannot be written
   * @throws ModelException when the hub refuses, sends something else, or cannot be reached
   */
  boolean fetch(RemoteFile file) throws IOException {
    String name = file.path().text();
    Runnable waiting = () -> progress.waiting(name + " is being downloaded by another process");
    try (CacheLock _ = CacheLock.take(cache.lock(file.hash()), waiting)) {
      Path blob = cache.blob(file.hash());
      if (Files.exists(blob) && Files.size(blob) == file.size()) {
        return false;
      }
      Path partial = cache.partial(file.hash());
      Files.createDirectories(partial.getParent());
      receiveWhole(file, partial);
      Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
      return true;
    }
  }

  /** A part left by an earlier run may fail the check; then the whole file is fetched once more. */
  private void receiveWhole(RemoteFile file, Path partial) throws IOException {
    boolean resumed = Files.exists(partial) && Files.size(partial) > 0;
    while (true) {
      try {
        receive(file, partial);
        check(file, partial);
        return;
      } catch (WrongContent e) {
        Files.deleteIfExists(partial);
        if (!resumed) {
          throw e.failure;
        }
        resumed = false;
      }
    }
  }

  private void receive(RemoteFile file, Path partial) throws IOException, WrongContent {
    Patience.Attempts attempts = patience.attempts(progress);
    try (FileChannel out =
        FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (out.size() > file.size()) {
        out.truncate(0);
      }
      long furthest = out.size();
      while (out.size() < file.size()) {
        try {
          receiveMore(file, out);
        } catch (TransientFailure e) {
          if (out.size() > furthest) {
            furthest = out.size();
            attempts.gotOn();
          }
          attempts.failed(e);
        }
      }
      out.force(true); // or a power cut could leave an empty file of the right name
    }
  }

  /** Appends the bytes of one connection to the part. */
  private void receiveMore(RemoteFile file, FileChannel out)
      throws IOException, TransientFailure, WrongContent {
    try (HubClient.Answer answer = client.get(file.uri(), out.size())) {
      switch (answer.status()) {
        case 206 -> checkRange(file, answer, out.size());
        case 200 -> {
          checkLength(file, answer);
          out.truncate(0); // the server ignored the range and sends the whole file
        }
        default -> {
          out.truncate(0);
          throw new TransientFailure(
              "%s: %d, cannot be resumed".formatted(file.uri(), answer.status()), (Throwable) null);
        }
      }
      out.position(out.size());
      while (out.position() < file.size()) {
        progress.received(file.path().text(), out.position(), file.size());
        int count = read(file, answer.body());
        if (count < 0) {
          throw new TransientFailure(
              "%s: ended after %d of %d bytes".formatted(file.uri(), out.position(), file.size()),
              (Throwable) null);
        }
        if (out.position() + count > file.size()) {
          throw wrong(file, "expected %d bytes, found more".formatted(file.size()));
        }
        chunk.limit(count);
        while (chunk.hasRemaining()) {
          out.write(chunk);
        }
      }
      progress.received(file.path().text(), out.position(), file.size());
    }
  }

  /** Reads into the empty chunk. A network error becomes transient here; disk errors do not. */
  private int read(RemoteFile file, InputStream body) throws TransientFailure {
    chunk.clear();
    try {
      return body.read(chunk.array(), 0, CHUNK);
    } catch (IOException e) {
      throw new TransientFailure("%s: cut off (%s)".formatted(file.uri(), e.getMessage()), e);
    }
  }

  private static void checkLength(RemoteFile file, HubClient.Answer answer) throws WrongContent {
    String length = answer.header("Content-Length").orElse(Long.toString(file.size()));
    if (!length.equals(Long.toString(file.size()))) {
      throw wrong(
          file, "expected %d bytes, found %s".formatted(file.size(), Refusals.printable(length)));
    }
  }

  private static void checkRange(RemoteFile file, HubClient.Answer answer, long offset)
      throws WrongContent {
    String range = answer.header("Content-Range").orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches()
        || Long.parseLong(matcher.group(1)) != offset
        || Long.parseLong(matcher.group(2)) != file.size()) {
      throw wrong(
          file,
          "expected bytes from %d of %d, found the range '%s'"
              .formatted(offset, file.size(), Refusals.printable(range)));
    }
  }

  private static void check(RemoteFile file, Path partial) throws IOException, WrongContent {
    ContentHash found = file.hash().of(partial);
    if (!found.equals(file.hash())) {
      throw wrong(
          file,
          "expected the %s hash %s, found %s; nothing of it was kept"
              .formatted(file.hash().algorithm(), file.hash().hex(), found.hex()));
    }
  }

  private static WrongContent wrong(RemoteFile file, String message) {
    return new WrongContent(
        new ModelException(Kind.MALFORMED, "%s: %s".formatted(file.uri(), message)));
  }

  /** The received bytes are not the announced content. */
  private static final class WrongContent extends Exception {
    private static final long serialVersionUID = 1L;

    private final ModelException failure;

    WrongContent(ModelException failure) {
      super(failure);
      this.failure = failure;
    }
  }
}
