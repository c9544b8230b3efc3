package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.TinyModel;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the model looks, in the service's own door, against what {@code explain} prints. */
class GroundingDoorTest {
  private static final String QUESTION = "what is the colour of the ring?";
  private static final String LEFT = ServiceFixture.PICTURE.toString();

  private static ServiceFixture service;

  @BeforeAll
  static void start() {
    service =
        ServiceFixture.start("vqa-regions", "vqa", "nlvr2", "multiple-choice", "region-to-phrase");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static String explain(String task, String... options) {
    List<String> args = new ArrayList<>(List.of("explain", "--task", task, "--format", "json"));
    args.addAll(List.of(options));
    Cli.Result result = Cli.run(args.toArray());
    assertThat(result.err()).isEmpty();
    return grounding(json(result.out()));
  }

  private static JsonObject json(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String grounding(JsonObject object) {
    JsonWriter json = new JsonWriter().beginObject();
    for (String name : List.of("pair", "words", "regions", "layers", "heads", "maps", "rollout")) {
      if (object.has(name)) {
        json.name(name).value(object.get(name));
      }
    }
    return json.endObject().toString();
  }

  private static String ask(String fields) {
    HttpResponse<String> reply =
        service.post(
            "/v1/answers",
            "{\"grounding\":true,%s}".formatted(fields.replace("@", ServiceFixture.picture())));
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return grounding(json(reply.body()).getObject("grounding"));
  }

  @Test
  void everyTaskLooksWhereTheCommandLineSaysItDoes() {
    SoftAssertions all = new SoftAssertions();
    String question = "\"question\":\"%s\",\"image\":\"@\"".formatted(QUESTION);
    all.assertThat(ask(question))
        .as("through a detector")
        .contains("small blue ring")
        .isEqualTo(explain("vqa", "--image", LEFT, "--question", QUESTION));
    String grid = ServiceFixture.DEMO.resolve("vqa").toString();
    all.assertThat(ask("\"model\":\"vqa\"," + question))
        .as("grid cells")
        .isEqualTo(explain("vqa", "--model", grid, "--image", LEFT, "--question", QUESTION));
    all.assertThat(
            ask("\"task\":\"nlvr2\",\"statement\":\"one has a heart.\",\"images\":[\"@\",\"@\"]"))
        .as("two pictures")
        .isEqualTo(explain("nlvr2", "--image", LEFT, LEFT, "--statement", "one has a heart."));
    all.assertThat(ask("\"task\":\"vcr\",\"choices\":[\"a ring.\",\"a blue heart.\"]," + question))
        .as("the better choice")
        .startsWith("{\"pair\":\"a ")
        .isEqualTo(
            explain(
                "vcr",
                "--image",
                LEFT,
                "--question",
                QUESTION,
                "--choice",
                "a ring.",
                "--choice",
                "a blue heart."));
    all.assertThat(
            ask(
                "\"task\":\"flickr\",\"caption\":\"a red"
                    + " ring\",\"phrases\":[\"ring\"],\"image\":\"@\""))
        .as("a caption")
        .isEqualTo(explain("flickr", "--image", LEFT, "--text", "a red ring", "--phrase", "ring"));
    all.assertAll();
  }

  @Test
  void thePageGetsEveryWeight() {
    JsonObject view =
        json(service
                .post(
                    "/v1/answers",
                    "{\"grounding\":\"view\",\"question\":\"%s\",\"image\":\"%s\"}"
                        .formatted(QUESTION, ServiceFixture.picture()))
                .body())
            .getObject("grounding");
    int rows = view.getArray("words").size();
    rows += view.getArray("pictures").getObject(0).getArray("regions").size();
    int bytes = view.getInt("layers") * view.getInt("heads") * rows * rows * Short.BYTES;
    assertThat(view.getString("maps")).hasSize((bytes + 2) / 3 * 4);
    assertThat(view.getArray("answers").getObject(0).getString("label")).isEqualTo("blue");
  }

  @Test
  void questionsTogetherAreExplainedAsEachAlone() throws Exception {
    String body =
        "{\"grounding\":true,\"question\":\"%s\",\"image\":\"%s\"}"
            .formatted(QUESTION, ServiceFixture.picture());
    String alone = service.post("/v1/answers", body).body();
    List<Future<String>> together = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 12; i++) {
        together.add(clients.submit(() -> service.post("/v1/answers", body).body()));
      }
    }
    for (Future<String> each : together) {
      assertThat(each.get()).isEqualTo(alone);
    }
  }

  @Test
  void whatCannotBeExplainedIsRefused() {
    String ask = "{\"grounding\":%s,\"question\":\"%s\",\"image\":\"@\"}";
    for (String wrong : List.of("1", "\"all\"", "[]")) {
      String reply = service.post("/v1/answers", picture(ask.formatted(wrong, QUESTION))).body();
      assertThat(reply).contains("\"code\":\"field_wrong\"", "\"field\":\"/grounding\"");
    }
    String plain = service.post("/v1/answers", picture(ask.formatted("false", QUESTION))).body();
    assertThat(plain).contains("\"answers\"").doesNotContain("grounding");
  }

  @Test
  void aFormIsExplainedUnlessItsMapsAreTooLarge(@TempDir Path folder) throws Exception {
    Path deep = TinyModel.writeDeep(folder.resolve("deep"), 12, 12);
    try (ServiceFixture large = ServiceFixture.start(deep.toString())) {
      HttpResponse<String> reply = send(large, 36);
      assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
      JsonObject grounding = json(reply.body()).getObject("grounding");
      assertThat(grounding.getArray("regions").size()).isEqualTo(36);
      assertThat(grounding.getArray("maps").size()).isEqualTo(144);
      assertThat(send(large, 340).body())
          .contains("\"code\":\"value_out_of_range\"", "\"field\":\"/grounding\"")
          .contains("rows, grounding takes at most 327 with this model");
    }
  }

  private static HttpResponse<String> send(ServiceFixture service, int regions) {
    return new FormBody()
        .field("question", "where is it?")
        .field("grounding", "true")
        .features(regions, TinyModel.REGION_NUMBERS, 0)
        .send(service);
  }

  private static String picture(String json) {
    return json.replace("@", ServiceFixture.picture());
  }
}
