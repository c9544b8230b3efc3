package io.github.visualbert.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentProxiesTest {
  private static String proxy(String uri, String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    List<Proxy> proxies = new EnvironmentProxies(variables).select(URI.create(uri));
    assertThat(proxies).hasSize(1);
    return proxies.getFirst() == Proxy.NO_PROXY ? "" : proxies.getFirst().address().toString();
  }

  @Test
  void aVariableForEachScheme() {
    String hub = "https://huggingface.co/a";
    assertThat(proxy(hub)).isEmpty();
    assertThat(proxy(hub, "https_proxy", "http://p:3128")).isEqualTo("p/<unresolved>:3128");
    assertThat(proxy(hub, "HTTPS_PROXY", "p:3128/")).isEqualTo("p/<unresolved>:3128");
    assertThat(proxy(hub, "https_proxy", "http://user:word@p")).isEqualTo("p/<unresolved>:80");
    assertThat(proxy(hub, "http_proxy", "http://p:3128")).isEmpty();
    assertThat(proxy(hub, "all_proxy", "http://p:3128")).isEqualTo("p/<unresolved>:3128");
    assertThat(proxy("http://h/a", "http_proxy", "http://p:1")).isEqualTo("p/<unresolved>:1");
    assertThat(proxy(hub, "https_proxy", "http://low:1", "HTTPS_PROXY", "http://up:1"))
        .isEqualTo("low/<unresolved>:1");
  }

  @Test
  void someHostsAreAskedDirectly() {
    String[] hosts = {"*", "huggingface.co", ".co", "x, HuggingFace.co:443", "*.co"};
    for (String host : hosts) {
      assertThat(
              proxy("https://huggingface.co:443/a", "https_proxy", "http://p:1", "no_proxy", host))
          .as(host)
          .isEmpty();
    }
    assertThat(proxy("https://hf.co/a", "https_proxy", "http://p:1", "NO_PROXY", "f.co,x"))
        .isEqualTo("p/<unresolved>:1");
  }

  @Test
  void anAddressThatIsNoneIsNotShown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> proxy("https://h/", "https_proxy", "socks5://u:secret@p:1"))
        .withMessage("https_proxy is no address like http://proxy:3128");
  }

  @Test
  void theProxyIsAsked(@TempDir Path home) throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> answer(proxy));
      Map<String, String> variables =
          Map.of(
              "HF_ENDPOINT",
              "http://hub.invalid",
              "http_proxy",
              "http://127.0.0.1:" + proxy.getLocalPort());
      Pull pull = new Pull(new HubEnvironment(variables, home), Progress.NONE);
      Assertions.assertThatException()
          .isThrownBy(() -> pull.model(HubName.parse("a/b"), List.of()));
      assertThat(asked.get(1, TimeUnit.MINUTES))
          .startsWith("GET http://hub.invalid/api/models/a/b");
    }
  }

  /** Answers one request that there is no such thing, and returns its first line. */
  private static String answer(ServerSocket server) {
    try (Socket socket = server.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      List<String> lines = new ArrayList<>();
      for (String line; !(line = in.readLine()).isEmpty(); ) {
        lines.add(line);
      }
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.ISO_8859_1));
      return lines.getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
