package io.github.visualbert.cli.serve.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** The body of a request, read within its limits by the calling virtual thread. */
final class RequestBody {
  private final Request request;
  private final Limits limits;
  private boolean complete;

  RequestBody(Request request, Limits limits) {
    this.request = request;
    this.limits = limits;
    this.complete =
        request.getLength() == 0
            || request.getLength() < 0 && !request.getHeaders().contains("Transfer-Encoding");
  }

  /** Returns whether nothing of the body is left to come. */
  boolean isComplete() {
    return complete;
  }

  /**
   * Reads the whole body.
   *
   * @throws Problem when it is too large, by its length at once, or comes too slowly
   */
  byte[] read() {
    long length = request.getLength();
    if (length > limits.body()) {
      throw tooLarge(length + " bytes");
    }
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream((int) Math.min(Math.max(length, 1 << 10), 1 << 16));
    long begin = System.nanoTime();
    while (!complete) {
      Content.Chunk chunk = next(limits.allowed(bytes.size()) - (System.nanoTime() - begin));
      if (chunk == null) {
        throw Problem.of(
            Code.TOO_SLOW,
            "%d bytes of the body came in %d s; expected at least %d bytes a second"
                .formatted(
                    bytes.size(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
                    Limits.MIN_RATE));
      }
      ByteBuffer part = chunk.getByteBuffer();
      if (bytes.size() + (long) part.remaining() > limits.body()) {
        complete |= chunk.isLast();
        chunk.release();
        throw tooLarge("more");
      }
      byte[] copy = new byte[part.remaining()];
      part.get(copy);
      bytes.writeBytes(copy);
      complete = chunk.isLast();
      chunk.release();
    }
    return bytes.toByteArray();
  }

  private Problem tooLarge(String found) {
    return Problem.of(
        Code.BODY_TOO_LARGE,
        "the body has %s, the limit is %d bytes".formatted(found, limits.body()));
  }

  /**
   * Reads the rest and drops it, within limits: a client that still sends reads no response.
   *
   * @return whether the body has ended
   */
  boolean drain() {
    long end = System.nanoTime() + Limits.DRAINED_TIME.toNanos();
    long dropped = 0;
    while (!complete && dropped < Limits.DRAINED_BYTES) {
      Content.Chunk chunk;
      try {
        chunk = next(end - System.nanoTime());
      } catch (Problem e) {
        return false;
      }
      if (chunk == null) {
        return false;
      }
      dropped += chunk.remaining();
      complete = chunk.isLast();
      chunk.release();
    }
    return complete;
  }

  /**
   * Returns the next part, or null when none comes in time.
   *
   * @throws Problem when the body is malformed, or the connection broke
   */
  private Content.Chunk next(long nanos) {
    long end = System.nanoTime() + nanos;
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk != null) {
        if (Content.Chunk.isFailure(chunk)) {
          complete = chunk.isLast();
          throw Problem.of(Code.REQUEST_MALFORMED, "the body ends early, or is not well-formed");
        }
        return chunk;
      }
      Semaphore arrived = new Semaphore(0);
      request.demand(arrived::release);
      try {
        if (!arrived.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return null;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Problem.of(Code.DRAINING, "the service stops");
      }
    }
  }
}
