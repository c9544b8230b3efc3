package io.github.visualbert.cli.serve.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers what is no HTTP request, which no route sees: with an id, and in the shape of its door as
 * far as its path could be read.
 */
final class MalformedHead implements Request.Handler {
  private final Limits limits;
  private final RequestListener listener;

  MalformedHead(Limits limits, RequestListener listener) {
    this.limits = limits;
    this.listener = listener;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Problem problem = problem(response.getStatus());
    String path = request.getHttpURI().getPath(); // another one where it could not be read
    Door door = path == null ? Door.OPERATION : Door.of(request.getMethod(), path);
    String id = WebHandler.newId();
    if (problem.code() != Code.INTERNAL) { // such a request was seen, and has its line in the log
      listener.refused(id, door, problem.code());
    }
    HttpReply reply = door.errors().reply(problem, id);
    response.setStatus(reply.status());
    response.getHeaders().put("Content-Type", reply.type());
    reply.headers().forEach(response.getHeaders()::put);
    response.getHeaders().put("X-Request-Id", id);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put("Connection", "close");
    response.write(true, ByteBuffer.wrap(reply.body()), callback);
    return true;
  }

  private Problem problem(int status) {
    return switch (status) {
      case 408 -> Problem.of(Code.TOO_SLOW, "the head of the request did not come in time");
      case 414, 431 ->
          Problem.of(
              status == 414 ? Code.TARGET_TOO_LONG : Code.HEAD_TOO_LARGE,
              "the head of the request has more than %d bytes, the limit".formatted(limits.head()));
      case 500 -> Problem.of(Code.INTERNAL, "internal error");
      default ->
          Problem.of(Code.REQUEST_MALFORMED, "the head of the request is not valid HTTP/1.1");
    };
  }

  /** Returns the response to a head that takes too long, which Jetty has not seen yet. */
  static byte[] tooSlow(String id, long seconds) {
    Problem problem =
        Problem.of(Code.TOO_SLOW, "the head did not come within %d s".formatted(seconds));
    String body = Door.OPERATION.errors().json(problem, id);
    return """
    HTTP/1.1 408 Request Timeout
    Content-Type: application/problem+json
    X-Request-Id: %s
    Connection: close
    Content-Length: %d

    %s\
    """
        .formatted(id, body.length(), body)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
