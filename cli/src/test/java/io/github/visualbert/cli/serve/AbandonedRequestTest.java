package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of requests whose clients do something else while they wait for a pass. */
@Timeout(120) // seconds, instead of for ever
class AbandonedRequestTest {
  private static final int COLUMNS = 196;

  /** So many that their pass, which is quadratic, takes a second or more. */
  private static final int MANY_REGIONS = 6000;

  private final ServiceFixture service = ServiceFixture.start("vqa");
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private Future<HttpResponse<String>> longPass;

  @BeforeEach
  void beginALongPass() throws InterruptedException {
    longPass = clients.submit(() -> form().features(MANY_REGIONS, COLUMNS, 0.5f).send(service));
    await("visualbert_queue_wait_seconds_count{model=\"vqa\"}", 1);
  }

  @AfterEach
  void stop() {
    clients.close();
    service.close();
  }

  private static FormBody form() {
    return new FormBody().field("question", "how many?");
  }

  private static RawClient ask(ServiceFixture service) throws Exception {
    byte[] body = form().features(16, COLUMNS, 0.5f).toBytes();
    String head =
        "POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
            .formatted(FormBody.TYPE, body.length);
    return new RawClient(service.port())
        .send((head + "\r\n").getBytes(StandardCharsets.UTF_8))
        .send(body);
  }

  private double metric(String name) {
    Matcher found =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (.+)$")
            .matcher(service.get("/metrics").body());
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  private void await(String metric, double value) throws InterruptedException {
    while (metric(metric) != value) {
      Thread.sleep(5);
    }
  }

  @Test
  void whoeverResetsItsConnectionGetsNoPass() throws Exception {
    RawClient gone = ask(service);
    await("visualbert_queue_requests{model=\"vqa\"}", 1);
    gone.reset();
    assertThat(longPass.get().statusCode()).as(longPass.get().body()).isEqualTo(200);
    await("visualbert_requests_total{door=\"answers\",model=\"vqa\",status=\"499\"}", 1);
    assertThat(metric("visualbert_batch_requests_count{model=\"vqa\"}")).isEqualTo(1);
    assertThat(service.log().lines().filter(line -> line.contains("\"status\":499")))
        .singleElement()
        .asString()
        .contains("\"model\":\"vqa\"")
        .doesNotContain("\"code\"", "\"failure\"");
    assertThat(service.service().waiting()).isZero();
  }

  @Test
  void whoeverSendsNoMoreOrAsksTheNextAlreadyIsAnswered() throws Exception {
    try (RawClient silent = ask(service);
        RawClient eager = ask(service)) {
      await("visualbert_queue_requests{model=\"vqa\"}", 2);
      silent.endSending();
      eager.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(silent.response()).startsWith("HTTP/1.1 200 ").contains("\"answers\"");
      assertThat(eager.response()).startsWith("HTTP/1.1 200 ").contains("\"answers\"");
      assertThat(eager.response()).startsWith("HTTP/1.1 200 ").contains("\"live\"");
    }
  }
}
