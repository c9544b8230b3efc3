package io.github.visualbert.cli.serve.http;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** One request, as the doors see it. For the one thread that answers it. */
public final class Exchange {
  private final Request request;
  private final String id;
  private final Door door;
  private final RequestBody body;
  private List<String> names = List.of();
  private String model;

  Exchange(Request request, String id, Door door, Limits limits) {
    this.request = request;
    this.id = id;
    this.door = door;
    this.body = new RequestBody(request, limits);
  }

  /** Returns the identifier of the request, which its response and its line in the log carry. */
  public String id() {
    return id;
  }

  public Door door() {
    return door;
  }

  public String method() {
    return request.getMethod();
  }

  /** Returns the path as it was sent. */
  public String path() {
    return request.getHttpURI().getPath();
  }

  /** Returns the path and the query as they were sent. */
  String target() {
    return request.getHttpURI().getPathQuery();
  }

  /** Returns how many header fields there are. */
  int fields() {
    return request.getHeaders().size();
  }

  void setNames(List<String> inPath) {
    this.names = inPath;
  }

  /** Returns a name in the path, in the order of the route's pattern. */
  public String name(int index) {
    return names.get(index);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /**
   * Returns a parameter of the query, decoded, or null.
   *
   * @throws Problem when the query is malformed
   */
  public String query(String name) {
    try {
      return Request.extractQueryParameters(request).getValue(name);
    } catch (RuntimeException e) {
      throw Problem.of(Code.REQUEST_MALFORMED, "the query cannot be read");
    }
  }

  /** Says which model answers, for metrics and the log. */
  public void setModel(String loaded) {
    this.model = loaded;
  }

  /** Returns the name of the model that answers, or null. */
  public String model() {
    return model;
  }

  /** Returns the media type of the body in lower case, without parameters; empty for none. */
  public String type() {
    return header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  /**
   * Returns the whole body.
   *
   * @throws Problem when it is too large or comes too slowly
   */
  public byte[] body() {
    return body.read();
  }

  /**
   * Returns the body as a JSON object.
   *
   * @throws Problem when it is not of that type, or no such object
   */
  public JsonObject json() {
    requireJson();
    return parse(body());
  }

  /**
   * Checks the type of the body.
   *
   * @throws Problem when it is not JSON in UTF-8
   */
  public void requireJson() {
    String type = type();
    if (!type.equals(HttpReply.JSON) && !type.endsWith("+json")) {
      throw Problem.of(
          Code.TYPE_WRONG,
          "the Content-Type is %s, expected application/json (curl: --json instead of --data)"
              .formatted(type.isEmpty() ? "missing" : Problem.quote(type)));
    }
    String parameters = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    int charset = parameters.indexOf("charset=");
    if (charset >= 0 && !parameters.substring(charset + 8).replace("\"", "").startsWith("utf-8")) {
      throw Problem.of(Code.TYPE_WRONG, "the charset of JSON is utf-8");
    }
  }

  /**
   * Reads a JSON object.
   *
   * @throws Problem when it is none
   */
  public static JsonObject parse(byte[] utf8) {
    try {
      return Json.parseObject(utf8);
    } catch (JsonException e) {
      throw Problem.of(Code.JSON_MALFORMED, "the body: " + e.getMessage());
    }
  }

  RequestBody requestBody() {
    return body;
  }

  /** Returns whether the client has reset the connection, so the answer is not needed. */
  public boolean isAbandoned() {
    return body.isComplete()
        && ClientEndPoint.of(request).map(ClientEndPoint::isReset).orElse(false);
  }
}
