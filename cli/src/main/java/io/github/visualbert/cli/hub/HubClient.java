package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

/**
 * Sends requests to the hub and follows its redirects. The token goes to the hub's own origin only.
 * Not thread-safe.
 */
final class HubClient implements AutoCloseable {
  private static final int MAX_REDIRECTS = 10;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final HttpOrigin hub;
  private final String token;
  private final Duration silence;
  private final Refusals refusals;

  static {
    // A proxy's password is sent in the clear to the proxy alone; the JDK would not send it at all.
    System.setProperty(
        "jdk.http.auth.tunneling.disabledSchemes",
        System.getProperty("jdk.http.auth.tunneling.disabledSchemes", ""));
  }

  private final HttpClient http;
  private boolean answered;

  /**
   * * A response.
   *
   * @param uri the final address, after redirects
   * @param status 200 or 206; that of a redirect where its headers were enough; 416 for a range
   *     past the end
   * @param body must be closed
   */
  record Answer(URI uri, int status, HttpHeaders headers, InputStream body)
      implements AutoCloseable {
    Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    @Override
    public void close() {
      closeQuietly(body);
    }
  }

  /**
   * Makes a client; nothing is sent yet.
   *
   * @param token null for none
   * @param proxies what requests go through
   */
  HubClient(URI endpoint, String token, EnvironmentProxies proxies, Duration silence) {
    this.hub = HttpOrigin.of(endpoint);
    this.token = token;
    this.silence = silence;
    this.refusals = new Refusals(endpoint, token != null);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(Redirect.NEVER) // followed below, without the token
            .version(Version.HTTP_1_1) // HTTP/2 gains nothing for one large file at a time
            .proxy(proxies)
            .connectTimeout(CONNECT);
    proxies.authenticator().ifPresent(builder::authenticator);
    this.http = builder.build();
  }

  /**
   * Asks for the headers of a file.
   *
   * @param enough tests whether the headers of a redirect describe the file
   * @throws ModelException when the hub refuses
   */
  Answer head(URI uri, Predicate<HttpHeaders> enough) throws TransientFailure {
    return follow(
        HttpRequest.newBuilder().method("HEAD", BodyPublishers.noBody()), uri, false, enough);
  }

  /**
   * Asks for a content.
   *
   * @param offset of the first byte wanted; the hub may still send the whole file
   * @throws ModelException when the hub refuses
   */
  Answer get(URI uri, long offset) throws TransientFailure {
    HttpRequest.Builder request = HttpRequest.newBuilder().GET();
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    return follow(request, uri, offset > 0, _ -> false);
  }

  private Answer follow(
      HttpRequest.Builder request, URI first, boolean ranged, Predicate<HttpHeaders> enough)
      throws TransientFailure {
    request
        .header("User-Agent", "visualbert-java")
        .header("Accept-Encoding", "identity"); // lengths and ranges are those of the file
    URI uri = first;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpRequest.Builder one = request.copy().uri(uri);
      if (token != null && HttpOrigin.of(uri).equals(hub)) {
        one.header("Authorization", "Bearer " + token);
      }
      HttpResponse<InputStream> response = send(one.build());
      int status = response.statusCode();
      boolean redirect = isRedirect(response);
      if (status == 200
          || status == 206
          || status == 416 && ranged
          || redirect && enough.test(response.headers())) {
        return new Answer(
            uri, status, response.headers(), new WatchedStream(response.body(), silence));
      }
      closeQuietly(response.body());
      if (!redirect) {
        throw refusals.of(uri, status, response.headers());
      }
      uri = target(uri, response.headers().firstValue("Location").orElseThrow());
    }
    throw new ModelException(
        Kind.MALFORMED,
        "%s: redirects more than %d times".formatted(Refusals.shown(first), MAX_REDIRECTS));
  }

  private static boolean isRedirect(HttpResponse<?> response) {
    return switch (response.statusCode()) {
      case 301, 302, 303, 307, 308 -> response.headers().firstValue("Location").isPresent();
      default -> false;
    };
  }

  static URI target(URI from, String location) {
    try {
      URI target = from.resolve(location);
      if (!HttpOrigin.isWeb(target)
          || HttpOrigin.of(from).isEncrypted() && !HttpOrigin.of(target).isEncrypted()) {
        throw new ModelException(
            Kind.MALFORMED,
            "%s: redirects to %s, expected an encrypted address like its own"
                .formatted(Refusals.shown(from), Refusals.shown(target)));
      }
      return target;
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          Kind.MALFORMED, "%s: redirects to an invalid address".formatted(Refusals.shown(from)), e);
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws TransientFailure {
    CompletableFuture<HttpResponse<InputStream>> pending =
        http.sendAsync(request, BodyHandlers.ofInputStream());
    try {
      HttpResponse<InputStream> response = pending.get(silence.toMillis(), TimeUnit.MILLISECONDS);
      answered = true;
      return response;
    } catch (TimeoutException e) {
      pending.cancel(true);
      throw unreachable(request, "no answer for %d s".formatted(silence.toSeconds()), e);
    } catch (ExecutionException e) {
      throw unreachable(request, describe(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new ModelException(Kind.UNREADABLE, Refusals.shown(request.uri()) + ": interrupted", e);
    }
  }

  /**
   * After the first answer, connection errors are retried. Before it they are reported at once,
   * since the address is probably wrong.
   */
  private TransientFailure unreachable(HttpRequest request, String reason, Throwable cause) {
    String message = Refusals.shown(request.uri()) + ": cannot be reached (" + reason + ")";
    boolean unconnected =
        cause instanceof ConnectException
            || cause instanceof HttpConnectTimeoutException
            || cause instanceof SSLException;
    if (unconnected && !answered) {
      throw new ModelException(
          Kind.UNREADABLE, message + "; check the network and HF_ENDPOINT", cause);
    }
    return new TransientFailure(message, cause);
  }

  private static String describe(Throwable failure) {
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      return failure.getCause() instanceof UnresolvedAddressException
          ? "no such host"
          : "no connection";
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // The content is complete or its error was reported; only reuse of the connection is lost.
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
