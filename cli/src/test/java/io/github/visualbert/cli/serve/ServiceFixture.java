package io.github.visualbert.cli.serve;

import io.github.visualbert.cli.model.ComputeOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** A service in the JVM of a test, on a free port. */
final class ServiceFixture implements AutoCloseable {
  static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  static final Path PICTURE = DEMO.resolve("images/scene-1.png");

  private final StringWriter log = new StringWriter();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Service service;
  private final String url;

  private ServiceFixture(Service.Settings settings) {
    this.service = Service.start(settings, new ComputeOptions(), new PrintWriter(log));
    String ready = log.toString();
    int begin = ready.indexOf("http");
    this.url = ready.substring(begin, ready.indexOf('"', begin));
  }

  /** Starts a service of demo models with everything at its default. */
  static ServiceFixture start(String... models) {
    return start(settings(256, 32 << 20, null, models));
  }

  /** Starts a service that speaks HTTPS, for clients of the test's own. */
  static ServiceFixture start(KeyFile keyFile, String... models) {
    return start(settings(256, 32 << 20, null, keyFile, models));
  }

  static ServiceFixture start(Service.Settings settings) {
    return new ServiceFixture(settings);
  }

  /**
   * Returns settings.
   *
   * @param tokenFile null for none
   */
  static Service.Settings settings(int queue, long maxBody, Path tokenFile, String... models) {
    return settings(queue, maxBody, tokenFile, null, models);
  }

  private static Service.Settings settings(
      int queue, long maxBody, Path tokenFile, KeyFile keyFile, String... models) {
    return new Service.Settings(
        List.of(models).stream().map(DEMO::resolve).toList(),
        null,
        InetAddress.getLoopbackAddress(),
        0,
        queue,
        maxBody,
        tokenFile,
        keyFile);
  }

  Service service() {
    return service;
  }

  /** Returns the address without a path. */
  String url() {
    return url;
  }

  int port() {
    return URI.create(url).getPort();
  }

  String log() {
    return log.toString();
  }

  static String picture() {
    return picture(PICTURE);
  }

  static String picture(Path file) {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  /** Sends JSON. */
  HttpResponse<String> post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  HttpResponse<String> send(HttpRequest request) {
    return send(request, BodyHandlers.ofString());
  }

  HttpResponse<byte[]> sendForBytes(HttpRequest request) {
    return send(request, BodyHandlers.ofByteArray());
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) {
    try {
      return client.send(request, body);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    service.close();
  }
}
