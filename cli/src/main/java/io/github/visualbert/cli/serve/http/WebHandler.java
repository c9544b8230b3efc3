package io.github.visualbert.cli.serve.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Takes each request through the checks to its endpoint, and sends what that answers. */
final class WebHandler extends Handler.Abstract {
  /** The status in the log of a request whose client had gone, as nginx has it. */
  private static final int CLIENT_GONE = 499;

  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private final Routes routes;
  private final Access access;
  private final Limits limits;
  private final RequestListener listener;
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean draining;

  WebHandler(Routes routes, Access access, Limits limits, RequestListener listener) {
    this.routes = routes;
    this.access = access;
    this.limits = limits;
    this.listener = listener;
  }

  /** Returns the id of a request whose client has given it none. */
  static String newId() {
    return UUID.randomUUID().toString();
  }

  /** Refuses requests from now on; those that were accepted go on. */
  void drain() {
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  /** Returns how many requests are being answered. */
  int running() {
    return running.get();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String given = request.getHeaders().get("X-Request-Id");
    String id = given != null && REQUEST_ID.matcher(given).matches() ? given : newId();
    Door door = Door.of(request.getMethod(), request.getHttpURI().getPath());
    Exchange exchange = new Exchange(request, id, door, limits);
    Optional<ClientEndPoint> client = ClientEndPoint.of(request);
    client.ifPresent(ClientEndPoint::beginAnswer);
    request.addIdleTimeoutListener(timeout -> false); // a pass may take as long as it takes
    running.incrementAndGet();
    listener.begun(door);
    long begin = System.nanoTime();
    Code code = null;
    Throwable failure = null;
    HttpReply reply;
    try {
      reply = answer(exchange);
    } catch (Problem problem) {
      code = problem.code();
      reply = door.errors().reply(problem, id);
    } catch (ClientGoneException e) {
      finish(exchange, client, CLIENT_GONE, null, null, begin);
      callback.failed(e);
      return true;
    } catch (Throwable e) { // an error too: nothing ends the process
      code = Code.INTERNAL;
      failure = e;
      reply = door.errors().reply(Problem.of(Code.INTERNAL, "internal error, request " + id), id);
    }
    int status = reply.status();
    boolean whole = exchange.requestBody().isComplete();
    try {
      send(reply, whole, id, response);
      if (!whole && code != Code.TOO_SLOW) {
        exchange.requestBody().drain();
      }
      finish(exchange, client, status, code, failure, begin);
      callback.succeeded();
    } catch (IOException | RuntimeException e) {
      finish(exchange, client, CLIENT_GONE, code, failure, begin);
      callback.failed(e);
    }
    return true;
  }

  private void finish(
      Exchange exchange,
      Optional<ClientEndPoint> client,
      int status,
      Code code,
      Throwable failure,
      long begin) {
    client.ifPresent(ClientEndPoint::endAnswer);
    listener.done(exchange, status, code, failure, System.nanoTime() - begin);
    running.decrementAndGet();
  }

  private HttpReply answer(Exchange exchange) {
    checkHead(exchange);
    access.checkOrigin(exchange);
    Routes.Match match;
    try {
      match = routes.find(exchange.method(), exchange.path());
    } catch (Problem unknown) {
      access.checkToken(exchange); // unknown paths, too, are reported to holders of a token only
      throw unknown;
    }
    if (!match.route().open()) {
      access.checkToken(exchange);
    }
    if (draining && !match.route().open()) {
      throw Problem.retryAfter(Code.DRAINING, "the service is stopping", 1);
    }
    String encoding = exchange.header("Content-Encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      throw Problem.of(
          Code.TYPE_WRONG,
          "the Content-Encoding is %s, expected identity".formatted(Problem.quote(encoding)));
    }
    exchange.setNames(match.names());
    return match.route().endpoint().answer(exchange);
  }

  private void checkHead(Exchange exchange) {
    int fields = exchange.fields();
    if (fields > limits.fields()) {
      throw Problem.of(
          Code.HEAD_TOO_LARGE,
          "the head has %d fields, the limit is %d".formatted(fields, limits.fields()));
    }
    int target = exchange.target().length();
    if (target > limits.target()) {
      throw Problem.of(
          Code.TARGET_TOO_LONG,
          "the target has %d bytes, the limit is %d".formatted(target, limits.target()));
    }
  }

  private void send(HttpReply reply, boolean whole, String id, Response response)
      throws IOException {
    response.setStatus(reply.status());
    if (reply.type() != null) {
      response.getHeaders().put("Content-Type", reply.type());
    }
    reply.headers().forEach(response.getHeaders()::put);
    if (reply.status() == Code.TYPE_WRONG.status()) {
      response.getHeaders().put("Accept-Encoding", "identity");
    }
    response.getHeaders().put("X-Request-Id", id);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    if (reply.status() != 204 && reply.status() != 304) {
      response.getHeaders().put("Content-Length", Integer.toString(reply.body().length));
    }
    if (!whole || draining) {
      response.getHeaders().put("Connection", "close");
    }
    Content.Sink.write(response, true, ByteBuffer.wrap(reply.body()));
  }
}
