package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service does with clients that are wrong, slow, or hostile. */
@Timeout(120) // seconds, instead of for ever
class EdgeTest {
  private static final int MAX_BODY = 100_000;
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String TOKEN = "a-token-of-nineteen";

  @TempDir private static Path folder;

  private static ServiceFixture service;

  @BeforeAll
  static void start() {
    service = ServiceFixture.start(ServiceFixture.settings(4, MAX_BODY, null, "vqa-regions"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static RawClient connect() throws IOException {
    return new RawClient(service.port());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FOO\\r\\n\\r\\n                                                     | 400
          GET /health HTTP/1.1\\r\\n\\r\\n                                    | 400
          GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nX: @20000\\r\\n\\r\\n | 431
          GET /health?@3000 HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n         | 414
          GET //health HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n              | 404
          GET /health/ HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n              | 404
          GET /assets/../health HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n     | 404
          GET /v1/pictures/a%2Fb HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n    | 404
          DELETE /health HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n            | 405
          GET /health HTTP/1.1\\r\\nHost: example.com\\r\\n\\r\\n             | 403
          POST /v1/answers HTTP/1.1\\r\\nHost: localhost\\r\\nOrigin: http://example.com\\r\\nContent-Length: 0\\r\\n\\r\\n | 403
          POST /v1/answers HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\n\\r\\n | 415
          POST /v1/answers HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 0\\r\\n\\r\\n | 415
          GET /health HTTP/1.1\\r\\nHost: localhost:1\\r\\nUpgrade: h2c\\r\\nConnection: Upgrade\\r\\n\\r\\n | 200
          """)
  void refusesInTheStatusThatSaysWhy(String request, int status) throws IOException {
    Matcher filler = Pattern.compile("@(\\d+)").matcher(request.replace("\\r\\n", "\r\n"));
    String bytes = filler.replaceAll(match -> "a".repeat(Integer.parseInt(match.group(1))));
    try (RawClient client = connect()) {
      String response = client.send(bytes).response();
      assertThat(response).startsWith("HTTP/1.1 " + status + " ");
      assertThat(response).doesNotContain("Exception", "\tat ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /v2/models/a            | v2        | {"error":"the head
          GET /v1/models              | chat      | {"error":{"message":"the head
          POST /models/vqa            | hf        | {"error":"the head
          GET /v1/pictures/a          | answers   | "instance":"urn:visualbert:request:
          GET /../health              | operation | "instance":"urn:visualbert:request:
          GET /v2/%zz                 | operation | "instance":"urn:visualbert:request:
          """)
  void whatIsNoRequestIsRefusedByItsDoorAndLogged(String line, String door, String body)
      throws IOException {
    try (RawClient client = connect()) {
      String response = client.send(line + " HTTP/1.1\r\nHost localhost\r\n\r\n").response();
      assertThat(response).startsWith("HTTP/1.1 400 ").contains("Connection: close\r\n", body);
      String id = id(response);
      if (body.contains("instance")) {
        assertThat(response).contains(body + id + "\"");
      }
      assertThat(service.log().lines().filter(logged -> logged.contains(id)))
          .singleElement()
          .asString()
          .contains("\"door\":\"%s\",\"status\":400,\"code\":\"request_malf".formatted(door));
    }
    assertThat(service.get("/metrics").body())
        .containsPattern("rejected_total\\{code=\"request_malformed\"} [1-9]")
        .contains("visualbert_requests_in_flight{door=\"%s\"} ".formatted(door))
        .doesNotContain("visualbert_requests_in_flight{door=\"v2\"} 1");
  }

  @Test
  void metricsSayWhatMemoryPassesTake() {
    assertThat(service.get("/metrics").body())
        .containsPattern("visualbert_workspace_bytes\\{model=\"detector\"} [1-9]")
        .containsPattern("visualbert_workspace_bytes\\{model=\"vqa-regions\"} [1-9]");
  }

  private static String id(String response) {
    Matcher id = Pattern.compile("X-Request-Id: (\\S+)\r\n").matcher(response);
    assertThat(id.find()).as(response).isTrue();
    return id.group(1);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (RawClient client = connect()) {
      client.send(LIVE + LIVE.replace("live", "nowhere") + LIVE);
      assertThat(client.response()).startsWith("HTTP/1.1 200");
      assertThat(client.response()).startsWith("HTTP/1.1 404");
      assertThat(client.response()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aClientThatClosedItsSendingSideIsAnswered() throws IOException {
    try (RawClient client = connect()) {
      client.send(LIVE);
      client.endSending();
      assertThat(client.response()).startsWith("HTTP/1.1 200");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedBeforeItCame() throws IOException {
    String head =
        "POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    try (RawClient client = connect()) {
      client.send(head + "Content-Length: 20000000\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.response()).startsWith("HTTP/1.1 413").contains("20000000", "100000");
    }
    for (int i = 0; i < 5; i++) { // a client that sends all before it reads, reads why
      try (RawClient client = connect()) {
        client.send(head + "Content-Length: 3000000\r\n\r\n" + "a".repeat(3_000_000));
        assertThat(client.response()).startsWith("HTTP/1.1 413").contains("Connection: close");
      }
      try (RawClient client = connect()) {
        client.send(head + "Transfer-Encoding: chunked\r\n\r\n");
        for (int chunk = 0; chunk < 30; chunk++) {
          client.send("186a0\r\n" + "a".repeat(100_000) + "\r\n");
        }
        client.send("0\r\n\r\n");
        assertThat(client.response()).startsWith("HTTP/1.1 413");
      }
    }
  }

  @Test
  void whoSendsAByteASecondIsDisconnected() throws Exception {
    try (RawClient head = connect();
        RawClient body = connect()) {
      body.send(
          "POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 2000\r\n\r\n{");
      head.send("GET /hea");
      String late = head.response();
      assertThat(late).startsWith("HTTP/1.1 408").contains("the head did not come within 1");
      assertThat(late).contains("urn:visualbert:request:" + id(late));
      assertThat(head.isClosed()).isTrue();
      while (!service.log().contains(id(late))) { // its line comes after its end
        Thread.sleep(5);
      }
      assertThat(body.response()).startsWith("HTTP/1.1 408");
      assertThat(body.isClosed()).isTrue();
    }
  }

  @Test
  void aFullQueueSaysWhenToComeAgainAndLosesNobody() throws Exception {
    String request =
        "POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 2000\r\n\r\n";
    List<RawClient> waiting = List.of(connect(), connect(), connect(), connect());
    for (RawClient client : waiting) {
      client.send(request);
    }
    while (service.service().waiting() < 4) {
      Thread.sleep(5);
    }
    HttpResponse<String> refused = service.post("/v1/answers", "{}");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(refused.body()).contains("queue_full", "the limit is 4");
    assertThat(service.post("/", "{}").body())
        .startsWith("{\"error\":\"4 requests are waiting")
        .contains("\"error_type\":\"queue_full\"");
    for (RawClient client : waiting) {
      client.reset();
    }
    while (service.service().waiting() > 0) { // who has gone makes room
      Thread.sleep(5);
    }
    assertThat(service.post("/v1/answers", "{}").statusCode()).isEqualTo(400);
  }

  @Test
  void tokensOpenTheServiceAndChangeWithoutARestart() throws IOException {
    Path tokens = folder.resolve("tokens");
    Files.writeString(tokens, "# ours\n" + TOKEN + "\n");
    try (ServiceFixture guarded =
        ServiceFixture.start(ServiceFixture.settings(4, MAX_BODY, tokens, "vqa"))) {
      assertThat(guarded.get("/health").statusCode()).isEqualTo(200);
      for (String path : List.of("/metrics", "/v1/pictures/a", "/nowhere")) {
        HttpResponse<String> refused = guarded.get(path);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(guarded.get(path, "Authorization", "Bearer " + TOKEN + "x").statusCode())
            .isEqualTo(401);
        assertThat(guarded.get(path, "Authorization", "bearer " + TOKEN).statusCode())
            .isNotEqualTo(401);
        assertThat(guarded.get(path, "X-Api-Key", TOKEN).statusCode()).isNotEqualTo(401);
      }
      Files.writeString(tokens, "another-token-for-all\n");
      guarded.service().reload();
      assertThat(guarded.get("/metrics", "X-Api-Key", TOKEN).statusCode()).isEqualTo(401);
      assertThat(guarded.get("/metrics", "X-Api-Key", "another-token-for-all").statusCode())
          .isEqualTo(200);
      Files.writeString(tokens, "short\n");
      guarded.service().reload();
      assertThat(guarded.log()).contains("reload_failed", "line 1");
      assertThat(guarded.get("/metrics", "X-Api-Key", "another-token-for-all").body())
          .contains("visualbert_model_reloads_total{model=\"vqa\",result=\"done\"} 2.0");
      assertThat(guarded.log()).doesNotContain(TOKEN);
    }
  }
}
