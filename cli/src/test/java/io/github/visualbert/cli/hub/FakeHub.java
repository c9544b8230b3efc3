package io.github.visualbert.cli.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A hub on this machine that answers as the real one does: small files by way of a redirect to
 * itself, large ones by way of one to a second server of another name, with the headers, the error
 * codes and the ranges of the original. A test makes it fail by putting faults before its answers.
 */
public final class FakeHub implements AutoCloseable {
  /** The signature in the address of a large file. */
  public static final String SIGNATURE = "Signature=do-not-show-this";

  private static final String RESOLVE_CACHE = "/api/resolve-cache/models/";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer hub;
  private final HttpServer store;
  private final Map<String, Model> models = new ConcurrentHashMap<>();
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();

  /** A received request; empty strings for missing headers. */
  public record Request(boolean toStore, String method, String path, String token, String range) {
    /** Returns the last part of the path. */
    public String file() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** Answers a request instead of the hub, and says whether it did. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private record Fault(Predicate<Request> to, Answer answer) {}

  /** A model on the hub. Its public fields may be changed at any time. */
  public static final class Model {
    public String commit = "1234567890abcdef1234567890abcdef12345678";
    public String token = "";
    public boolean gated;
    public final Map<String, byte[]> files = Collections.synchronizedMap(new TreeMap<>());
    public UnaryOperator<String> listing = json -> json;

    public Model add(String name, byte[] content) {
      files.put(name, content);
      return this;
    }

    public Model add(String name, String content) {
      return add(name, content.getBytes(StandardCharsets.UTF_8));
    }

    boolean isLarge(String name) {
      return name.endsWith(".safetensors") || name.endsWith(".bin");
    }

    /** Returns the hash by which the hub identifies a file. */
    public String hash(String name) {
      byte[] content = files.get(name);
      if (isLarge(name)) {
        return hex("SHA-256", content);
      }
      byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
      byte[] blob = new byte[header.length + content.length];
      System.arraycopy(header, 0, blob, 0, header.length);
      System.arraycopy(content, 0, blob, header.length, content.length);
      return hex("SHA-1", blob);
    }

    private static String hex(String algorithm, byte[] content) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  public FakeHub() {
    try {
      hub = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      store = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(hub, false);
    start(store, true);
  }

  private void start(HttpServer server, boolean isStore) {
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            serve(exchange, isStore);
          }
        });
    server.start();
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  /** Returns the address of the second server, which has another name. */
  public String storeAddress() {
    return "http://localhost:" + store.getAddress().getPort();
  }

  /** Returns an environment that points here, with a cache in a folder. */
  public HubEnvironment environment(Path home, String... more) {
    Map<String, String> variables = new TreeMap<>();
    variables.put("HF_ENDPOINT", endpoint().toString());
    variables.put("HF_HOME", home.toString());
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return new HubEnvironment(variables, home);
  }

  public Model model(String name) {
    return models.computeIfAbsent(name, _ -> new Model());
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public void forget() {
    requests.clear();
  }

  /**
   * Replaces the answer to the next request of a kind, once; several of one kind apply in the order
   * given.
   */
  public void next(Predicate<Request> to, Answer answer) {
    faults.add(new Fault(to, answer));
  }

  /**
   * Replaces the answer to the next request for the bytes of a file, on the server that sends them.
   */
  public void nextBytes(String file, Answer answer) {
    next(
        request ->
            request.method().equals("GET")
                && (request.toStore() || request.path().startsWith(RESOLVE_CACHE))
                && request.file().equals(file),
        answer);
  }

  /** An answer without content. */
  public static Answer status(int status, String... headers) {
    return exchange -> {
      set(exchange, headers);
      exchange.sendResponseHeaders(status, -1);
    };
  }

  /** An answer with a content, whatever was asked. */
  public static Answer content(int status, byte[] content, String... headers) {
    return exchange -> {
      set(exchange, headers);
      exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
      exchange.getResponseBody().write(content);
    };
  }

  /** An answer without a length. */
  public static Answer chunked(byte[] content) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(content);
    };
  }

  /** The right answer, cut off after some bytes. */
  public Answer cutAfter(int count) {
    return exchange -> {
      byte[] content = contentOf(exchange);
      int from = rangeStart(exchange);
      if (from > 0) {
        exchange.getResponseHeaders().set("Content-Range", contentRange(from, content.length));
      }
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      exchange.getResponseBody().write(content, from, Math.min(count, content.length - from));
      exchange.getResponseBody().flush();
    };
  }

  private static void set(HttpExchange exchange, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
    }
  }

  private void serve(HttpExchange exchange, boolean isStore) throws IOException {
    Request request =
        new Request(
            isStore,
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            header(exchange, "Authorization"),
            header(exchange, "Range"));
    requests.add(request);
    for (Fault fault : faults) {
      if (fault.to().test(request) && faults.remove(fault)) {
        fault.answer().to(exchange);
        return;
      }
    }
    String[] parts = request.path().substring(1).split("/", -1);
    if (isStore || request.path().startsWith(RESOLVE_CACHE)) {
      sendContent(exchange, isStore);
    } else if (request.path().startsWith("/api/models/") && parts.length >= 6) {
      list(exchange, parts[2] + "/" + parts[3], revision(exchange));
    } else if (parts.length >= 5 && parts[2].equals("resolve")) {
      resolve(exchange, parts);
    } else {
      status(404).to(exchange);
    }
  }

  /** A revision is one segment of the address, its slashes encoded. */
  private static String revision(HttpExchange exchange) {
    String raw = exchange.getRequestURI().getRawPath();
    return URI.create("x:" + raw.substring(raw.lastIndexOf('/') + 1)).getSchemeSpecificPart();
  }

  private void list(HttpExchange exchange, String name, String revision) throws IOException {
    Model model = allowed(exchange, name, false);
    if (model == null) {
      return;
    }
    if (!List.of("main", "refs/pr/1", model.commit).contains(revision)) {
      status(
              404,
              "X-Error-Code",
              "RevisionNotFound",
              "X-Error-Message",
              "Invalid rev id: " + revision)
          .to(exchange);
      return;
    }
    JsonWriter json =
        new JsonWriter()
            .beginObject()
            .field("id", name)
            .field("modelId", name)
            .field("private", false)
            .field("sha", model.commit);
    json.name("siblings").beginArray();
    model.files.keySet().forEach(file -> json.beginObject().field("rfilename", file).endObject());
    String text = model.listing.apply(json.endArray().endObject().toString());
    content(200, text.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json")
        .to(exchange);
  }

  private void resolve(HttpExchange exchange, String[] parts) throws IOException {
    String name = parts[0] + "/" + parts[1];
    Model model = allowed(exchange, name, true);
    if (model == null) {
      return;
    }
    String file = String.join("/", List.of(parts).subList(4, parts.length));
    if (!model.files.containsKey(file)) {
      status(404, "X-Error-Code", "EntryNotFound", "X-Error-Message", "Entry not found")
          .to(exchange);
      return;
    }
    set(exchange, "X-Repo-Commit", model.commit);
    if (model.isLarge(file)) {
      status(
              302,
              "Location",
              storeAddress() + "/" + name + "/" + file + "?" + SIGNATURE,
              "X-Linked-Size",
              Integer.toString(model.files.get(file).length),
              "X-Linked-Etag",
              "\"" + model.hash(file) + "\"")
          .to(exchange);
    } else {
      status(307, "Location", RESOLVE_CACHE + name + "/" + file).to(exchange);
    }
  }

  /** Returns the model, or answers as the hub does when it refuses. */
  private Model allowed(HttpExchange exchange, String name, boolean content) throws IOException {
    Model model = models.get(name);
    String token = header(exchange, "Authorization").replaceFirst("^Bearer ", "");
    if (model == null || (!token.equals(model.token) && !model.token.isEmpty() && !model.gated)) {
      String[] notFound = {
        "X-Error-Code", "RepoNotFound", "X-Error-Message", "Repository not found"
      };
      status(token.isEmpty() ? 401 : 404, notFound).to(exchange);
      return null;
    }
    if (content && model.gated && !token.equals(model.token)) {
      String said = "Access to model " + name + " is restricted.";
      status(token.isEmpty() ? 401 : 403, "X-Error-Code", "GatedRepo", "X-Error-Message", said)
          .to(exchange);
      return null;
    }
    return model;
  }

  private void sendContent(HttpExchange exchange, boolean isStore) throws IOException {
    byte[] content = contentOf(exchange);
    int from = rangeStart(exchange);
    if (from >= content.length && from > 0) {
      status(416, "Content-Range", "bytes */" + content.length).to(exchange);
      return;
    }
    String[] name = nameOf(exchange);
    String etag = isStore ? "0123456789abcdef0123456789abcdef-8" : model(name[0]).hash(name[1]);
    set(exchange, "ETag", "\"" + etag + "\"", "Accept-Ranges", "bytes");
    set(exchange, "X-Repo-Commit", model(name[0]).commit);
    if (exchange.getRequestMethod().equals("HEAD")) {
      set(exchange, "Content-Length", Integer.toString(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    if (from > 0) {
      set(exchange, "Content-Range", contentRange(from, content.length));
    }
    exchange.sendResponseHeaders(
        from > 0 ? 206 : 200, content.length == 0 ? -1 : content.length - from);
    exchange.getResponseBody().write(content, from, content.length - from);
  }

  private byte[] contentOf(HttpExchange exchange) {
    String[] name = nameOf(exchange);
    return model(name[0]).files.get(name[1]);
  }

  /** Returns the model and the file of an address of content. */
  private static String[] nameOf(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    path =
        path.startsWith(RESOLVE_CACHE) ? path.substring(RESOLVE_CACHE.length()) : path.substring(1);
    String[] parts = path.split("/", 3);
    return new String[] {parts[0] + "/" + parts[1], parts[2]};
  }

  private static int rangeStart(HttpExchange exchange) {
    String range = header(exchange, "Range");
    return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
  }

  private static String contentRange(int from, int length) {
    return "bytes " + from + "-" + (length - 1) + "/" + length;
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }
}
