package io.github.visualbert.cli.serve.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection that knows three things Jetty does not: how long the head of a request has taken so
 * far, whether the client is gone while its request waits, and since when it has taken nothing of
 * its response.
 *
 * <p>The second it learns by reading ahead: a reset fails the read. What a pipelining client has
 * sent meanwhile is kept for the next request. Thread-safe.
 */
final class ClientEndPoint extends SocketChannelEndPoint {
  private static final int READ_AHEAD = 4096;

  private final Object lock = new Object();
  private ByteBuffer ahead; // guarded by lock; null for nothing
  private boolean answering; // guarded by lock
  private long headBegin; // guarded by lock; 0 between requests
  private long headBytes; // guarded by lock
  private volatile long stalledSince; // System.nanoTime(); 0 while the client takes what it is sent

  ClientEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  /** Returns the connection of a request, below its encryption. */
  static Optional<ClientEndPoint> of(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    if (endPoint instanceof SslConnection.SslEndPoint encrypted) {
      endPoint = encrypted.getSslConnection().getEndPoint();
    }
    return endPoint instanceof ClientEndPoint client ? Optional.of(client) : Optional.empty();
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    synchronized (lock) {
      int count = ahead == null ? super.fill(buffer) : takeAhead(buffer);
      if (count > 0 && !answering) {
        if (headBegin == 0) {
          headBegin = System.nanoTime();
        }
        headBytes += count;
      }
      return count;
    }
  }

  private int takeAhead(ByteBuffer buffer) {
    int count = BufferUtil.append(buffer, ahead);
    if (!ahead.hasRemaining()) {
      ahead = null;
    }
    return count;
  }

  @Override
  protected void needsFillInterest() {
    boolean there;
    synchronized (lock) {
      there = ahead != null;
    }
    if (there) { // no selector will say so
      Thread.startVirtualThread(() -> getFillInterest().fillable());
    } else {
      super.needsFillInterest();
    }
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long length = BufferUtil.remaining(buffers);
    boolean complete = super.flush(buffers);
    if (complete) {
      stalledSince = 0;
    } else if (stalledSince == 0 || BufferUtil.remaining(buffers) < length) {
      stalledSince = System.nanoTime();
    }
    return complete;
  }

  /** Says that a head is complete, and its request is being answered. */
  void beginAnswer() {
    synchronized (lock) {
      answering = true;
      headBegin = 0;
      headBytes = 0;
    }
  }

  /** Says that the request was answered; the next bytes are another's head. */
  void endAnswer() {
    synchronized (lock) {
      answering = false;
    }
  }

  /**
   * Returns whether the client has reset the connection. One that only closed its sending side
   * still waits for its answer. To be asked when the body was read, and before the response.
   */
  boolean isReset() {
    synchronized (lock) {
      if (!isOpen()) {
        return true;
      }
      if (ahead != null) {
        return false;
      }
      ByteBuffer next = ByteBuffer.allocate(READ_AHEAD);
      try {
        if (getChannel().read(next) > 0) {
          ahead = next.flip();
        }
        return false;
      } catch (IOException e) {
        return true;
      }
    }
  }

  /**
   * Ends a connection whose client takes too long for the head of its request. It is told why,
   * unless the connection is encrypted.
   */
  void closeIfSlow(Limits limits, boolean encrypted, RequestListener listener) {
    String id;
    synchronized (lock) {
      long nanos = System.nanoTime() - headBegin;
      if (headBegin == 0 || answering || !limits.isTooSlow(headBytes, nanos)) {
        return;
      }
      id = WebHandler.newId();
      if (!encrypted) {
        send(MalformedHead.tooSlow(id, TimeUnit.NANOSECONDS.toSeconds(nanos)));
      }
    }
    close();
    if (!encrypted) { // browsers open those ahead of need, so it is no refusal there
      listener.refused(id, Door.OPERATION, Code.TOO_SLOW);
    }
  }

  /** Ends a connection whose client has long taken nothing of what it is sent. */
  void closeIfStalled(Limits limits) {
    long since = stalledSince;
    if (since != 0 && System.nanoTime() - since > limits.stalledWrite().toNanos()) {
      close();
    }
  }

  private void send(byte[] response) {
    try {
      flush(ByteBuffer.wrap(response));
    } catch (IOException e) {
      // It is about to be closed anyway.
    }
  }
}
