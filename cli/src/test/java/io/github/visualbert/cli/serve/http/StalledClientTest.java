package io.github.visualbert.cli.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a client that takes its response slowly, or not at all. */
@Timeout(60) // seconds, instead of for ever
class StalledClientTest {
  private static final int BODY = 64 << 20; // more than the buffers of a connection hold
  private static final int CLIENT_GONE = 499;
  private static final Duration STALLED = Duration.ofSeconds(1);

  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private WebServer server;
  private Socket client;

  @BeforeEach
  void ask() throws IOException {
    InetAddress address = InetAddress.getLoopbackAddress();
    Route large =
        Route.open("GET", "/large", exchange -> new HttpReply(200, null, Map.of(), new byte[BODY]));
    server =
        WebServer.start(
            new InetSocketAddress(address, 0),
            new Routes(List.of(large)),
            new Access(null, address),
            limits(),
            new StatusListener(),
            null);
    client = new Socket(address, server.port());
    String request = "GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    client.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  private static Limits limits() {
    Limits usual = Limits.withBody(1 << 20);
    return new Limits(
        usual.body(),
        usual.head(),
        usual.fields(),
        usual.target(),
        usual.connections(),
        usual.idle(),
        STALLED,
        usual.grace());
  }

  /** Completes {@link #status}. */
  private final class StatusListener implements RequestListener {
    @Override
    public void begun(Door door) {}

    @Override
    public void done(Exchange exchange, int with, Code code, Throwable failure, long nanos) {
      status.complete(with);
    }

    @Override
    public void refused(String id, Door door, Code code) {}
  }

  @Test
  void whoTakesNothingIsDisconnected() {
    assertThat(status.join()).isEqualTo(CLIENT_GONE);
  }

  @Test
  void whoTakesSomethingNowAndThenGetsItAll() throws Exception {
    InputStream in = client.getInputStream();
    long taken = 0;
    for (int pause = 0; pause < 5; pause++) {
      Thread.sleep(STALLED.toMillis() * 2 / 5);
      taken += in.readNBytes(BODY / 8).length;
    }
    taken += in.readAllBytes().length;
    assertThat(taken).isGreaterThan(BODY); // with the head
    assertThat(status.join()).isEqualTo(200);
  }
}
