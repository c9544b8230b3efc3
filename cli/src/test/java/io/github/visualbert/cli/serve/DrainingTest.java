package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a service answers while it ends: all that it has accepted, and nothing new. */
@Timeout(120) // seconds, instead of for ever
class DrainingTest {
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private ServiceFixture service;
  private RawClient accepted;
  private RawClient open;
  private String rest;
  private Thread stopping;

  /** Has one client in the middle of its request and one that may ask again, then ends. */
  @BeforeEach
  void beginToEnd() throws Exception {
    service = ServiceFixture.start("vqa-regions");
    accepted = new RawClient(service.port());
    open = new RawClient(service.port());
    assertThat(open.send(LIVE).response()).startsWith("HTTP/1.1 200");
    String request =
        post(
            "{\"question\":\"how many rings?\",\"image\":\"%s\"}"
                .formatted(ServiceFixture.picture()));
    accepted.send(request.substring(0, 200));
    rest = request.substring(200);
    while (service.service().waiting() < 1) {
      Thread.sleep(5);
    }
    stopping = Thread.startVirtualThread(() -> service.service().end());
    while (isListening()) {
      Thread.sleep(5);
    }
  }

  private boolean isListening() throws IOException {
    try {
      new RawClient(service.port()).close();
      return true;
    } catch (SocketException e) { // refused, or reset where the port closes while we connect
      return false;
    }
  }

  @AfterEach
  void end() throws IOException {
    accepted.close();
    open.close();
    service.close();
  }

  private static String post(String json) {
    return """
    POST /v1/answers HTTP/1.1
    Host: localhost
    Content-Type: application/json
    Content-Length: %d

    """
            .formatted(json.length())
            .replace("\n", "\r\n")
        + json;
  }

  @Test
  void whatWasAcceptedIsAnsweredBeforeTheEnd() throws Exception {
    accepted.send(rest);
    assertThat(accepted.response()).startsWith("HTTP/1.1 200").contains("\"answers\"");
    stopping.join();
    assertThat(service.log()).contains("\"event\":\"stopped\"").doesNotContain("in time");
  }

  @Test
  void aNewRequestIsToldToComeAgain() throws Exception {
    assertThat(open.send(post("{}")).response())
        .startsWith("HTTP/1.1 503 ")
        .contains("Retry-After: 1\r\n", "Connection: close\r\n", "\"code\":\"draining\"");
    assertThat(open.isClosed()).isTrue();
    assertThat(stopping.isAlive()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/health/ready,    503, '{\"status\":\"draining\"}'",
    "/v2/health/ready, 503, '{\"ready\":false}'",
    "/v2/health/live,  200, '{\"live\":true}'"
  })
  void itLivesButIsNotReadyAnyMore(String path, int status, String body) throws Exception {
    assertThat(open.send(LIVE.replace("/health/live", path)).response())
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("Connection: close\r\n", body);
    assertThat(open.isClosed()).isTrue();
  }
}
