package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service's own door, and Hugging Face's, against what {@code run} prints. */
class AnswersDoorTest {
  private static final String QUESTION = "what is the colour of the ring?";
  private static final Path LEFT = ServiceFixture.PICTURE;
  private static final Path RIGHT = ServiceFixture.DEMO.resolve("images/scene-2.png");

  private static ServiceFixture service;

  @BeforeAll
  static void start() {
    service =
        ServiceFixture.start(
            "vqa-regions", "vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  /** Returns the answers of the command line, as JSON text from the answers on. */
  private static String run(String task, String... options) {
    List<String> args = new ArrayList<>(List.of("run", "--task", task, "--format", "json"));
    args.addAll(List.of(options));
    Cli.Result result = Cli.run(args.toArray());
    assertThat(result.err()).isEmpty();
    return answers(result.out());
  }

  private static String answers(String json) {
    JsonObject object = Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
    JsonWriter answers = new JsonWriter().beginObject();
    for (String name : List.of("answers", "match", "truncated", "pooler_output")) {
      if (object.has(name)) {
        answers.name(name).value(object.get(name));
      }
    }
    return answers.endObject().toString();
  }

  private static String base64(Path picture) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(picture));
  }

  @Test
  void everyTaskAnswersAsTheCommandLineDoes() throws IOException {
    String left = base64(LEFT);
    String right = base64(RIGHT);
    String image = LEFT.toString();
    String folder = ServiceFixture.DEMO.toString();
    assertThat(
            answers(
                service
                    .post(
                        "/v1/answers",
                        "{\"question\":\"%s\",\"image\":\"%s\",\"top_k\":3}"
                            .formatted(QUESTION, left))
                    .body()))
        .isEqualTo(run("vqa", "--image", image, "--question", QUESTION, "--top-k", "3"));
    assertThat(
            answers(
                service
                    .post(
                        "/v1/answers",
                        "{\"model\":\"vqa\",\"question\":\"%s\",\"image\":\"data:image/png;base64,%s\"}"
                            .formatted(QUESTION, left))
                    .body()))
        .isEqualTo(
            run("vqa", "--model", folder + "/vqa", "--image", image, "--question", QUESTION));
    String statement = "both pictures show a ring";
    assertThat(
            answers(
                service
                    .post(
                        "/v1/answers",
                        "{\"task\":\"nlvr2\",\"statement\":\"%s\",\"images\":[\"%s\",\"%s\"]}"
                            .formatted(statement, left, right))
                    .body()))
        .isEqualTo(run("nlvr2", "--image", image, RIGHT.toString(), "--statement", statement));
    assertThat(
            answers(
                service
                    .post(
                        "/v1/answers",
                        "{\"task\":\"vcr\",\"question\":\"%s\",\"choices\":[\"red\",\"blue\"],\"image\":\"%s\"}"
                            .formatted(QUESTION, left))
                    .body()))
        .isEqualTo(
            run(
                "vcr",
                "--image",
                image,
                "--question",
                QUESTION,
                "--choice",
                "red",
                "--choice",
                "blue"));
    assertThat(
            answers(
                service
                    .post(
                        "/v1/answers",
                        "{\"task\":\"flickr\",\"caption\":\"a red ring\",\"phrases\":[\"a red ring\"],\"image\":\"%s\"}"
                            .formatted(left))
                    .body()))
        .isEqualTo(
            run("flickr", "--image", image, "--text", "a red ring", "--phrase", "a red ring"));
    for (String task : List.of("pretrain", "encode")) {
      assertThat(
              answers(
                  service
                      .post(
                          "/v1/answers",
                          "{\"task\":\"%s\",\"text\":\"a [MASK] ring\",\"image\":\"%s\"%s}"
                              .formatted(
                                  task,
                                  left,
                                  task.equals("encode") ? ",\"model\":\"pretraining\"" : ""))
                      .body()))
          .as(task)
          .isEqualTo(run(task, "--image", image, "--text", "a [MASK] ring"));
    }
  }

  @Test
  void aFormAsksInOneLine() throws IOException {
    HttpResponse<String> reply =
        new FormBody()
            .field("question", QUESTION)
            .file("image", "s.png", Files.readAllBytes(LEFT))
            .send(service);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    assertThat(answers(reply.body()))
        .isEqualTo(run("vqa", "--image", LEFT.toString(), "--question", QUESTION));
  }

  @Test
  void whatContradictsItselfIsRefused() throws IOException {
    byte[] picture = Files.readAllBytes(LEFT);
    FormBody both = new FormBody().field("question", QUESTION).features(1, 1, 0);
    assertThat(both.file("image", "s.png", picture).send(service).body())
        .contains("expected image or features, found both");
    assertThat(new FormBody().field("request", "{}").field("question", "a").send(service).body())
        .contains("expected the fields in the part request or as parts, found both");
    assertThat(new FormBody().field("question", "a").field("question", "b").send(service).body())
        .contains("the part is given twice", "\"field\":\"/question\"");
    assertThat(service.post("/v1/answers", "{\"image\":\"a\",\"images\":[\"a\"]}").body())
        .contains("expected image or images, found both");
    String unknown = "picture:" + "0".repeat(64);
    assertThat(new FormBody().field("question", "a").field("image", unknown).send(service).body())
        .contains("\"code\":\"picture_unknown\"");
  }

  @Test
  void pictureIsSentOnceAndAskedAboutByItsId() throws IOException {
    HttpResponse<String> sent =
        service.send(
            service
                .request("/v1/pictures", "Content-Type", "image/png")
                .POST(BodyPublishers.ofFile(RIGHT))
                .build());
    assertThat(sent.statusCode()).isEqualTo(201);
    String location = sent.headers().firstValue("Location").orElseThrow();
    String id = Json.parseObject(sent.body().getBytes(StandardCharsets.UTF_8)).getString("id");
    assertThat(location).isEqualTo("/v1/pictures/" + id);
    assertThat(service.get(location).body()).isEqualTo(sent.body());
    String question = "{\"question\":\"%s\",\"image\":\"%s\"}".formatted(QUESTION, id);
    assertThat(answers(service.post("/v1/answers", question).body()))
        .isEqualTo(run("vqa", "--image", RIGHT.toString(), "--question", QUESTION));
    HttpResponse<String> deleted = service.send(service.request(location).DELETE().build());
    assertThat(deleted.statusCode()).isEqualTo(204);
    assertThat(service.get(location).statusCode()).isEqualTo(404);
    assertThat(service.post("/v1/answers", question).body()).contains("picture_unknown");
  }

  @Test
  void requestsTogetherShareAPassAndNobodyCanTell() throws Exception {
    String picture = base64(LEFT);
    List<Future<String>> together = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        String body =
            "{\"question\":\"%s\",\"image\":\"%s\",\"top_k\":%d}"
                .formatted(i % 2 == 0 ? QUESTION : "how many rings?", picture, 1 + i % 5);
        together.add(clients.submit(() -> answers(service.post("/v1/answers", body).body())));
      }
    }
    for (int i = 0; i < 40; i++) {
      assertThat(together.get(i).get())
          .isEqualTo(
              run(
                  "vqa",
                  "--image",
                  LEFT.toString(),
                  "--question",
                  i % 2 == 0 ? QUESTION : "how many rings?",
                  "--top-k",
                  Integer.toString(1 + i % 5)));
    }
    String metrics = service.get("/metrics").body();
    assertThat(metrics)
        .contains("visualbert_batch_requests_bucket{model=\"vqa-regions\",le=\"1.0\"}");
    assertThat(metrics).contains("visualbert_model_mapped_bytes{model=\"nlvr2\"} 12");
    assertThat(metrics).contains("detections_total{detector=\"detector\",result=\"done\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"question":"a","image":"@"                  | 400 | json_malformed
          {"question":"a","question":"b","image":"@"}  | 400 | json_malformed
          [1]                                          | 400 | json_malformed
          {"image":"@"}                                | 400 | question_missing
          {"question":"a"}                             | 400 | picture_missing
          {"question":"","image":"@"}                  | 400 | field_wrong
          {"question":7,"image":"@"}                   | 400 | field_wrong
          {"question":"a","image":"@","typo":1}        | 400 | field_unknown
          {"question":"a","image":"@","top_k":0}       | 400 | value_out_of_range
          {"question":"a","image":"@","top_k":1001}    | 400 | value_out_of_range
          {"question":"a","image":"@","top_k":"3"}     | 400 | field_wrong
          {"question":"a","image":"@","regions":1}     | 400 | field_wrong
          {"question":"a","image":"bm8gcGljdHVyZQ=="}  | 400 | picture_unreadable
          {"question":"a","image":"b!m8"}              | 400 | picture_unreadable
          {"question":"a","image":"iVBORw0KGgoAAAANSUhEUgAA//8AAP//CAIAAAA5Z04HAAAAAElFTkSuQmCC"} | 400 | picture_too_large
          {"question":"a","image":"http://a/b.png"}    | 400 | picture_not_fetched
          {"question":"a","image":"/etc/passwd"}       | 400 | picture_not_fetched
          {"question":"a","image":"picture:12"}        | 400 | field_wrong
          {"question":"a","images":["@","@"]}          | 400 | field_wrong
          {"task":"none","question":"a","image":"@"}   | 400 | field_wrong
          {"model":"none","question":"a","image":"@"}  | 404 | model_not_found
          {"model":"vqa","task":"vcr","question":"a"}  | 400 | task_not_served
          {"model":"vqa","task":"encode","text":"a"}   | 400 | task_not_served
          """)
  void saysWhatIsWrong(String json, int status, String code) throws IOException {
    HttpResponse<String> reply =
        service.post("/v1/answers", json.replace("\"@\"", '"' + base64(LEFT) + '"'));
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = Json.parseObject(reply.body().getBytes(StandardCharsets.UTF_8));
    assertThat(problem.getString("code")).isEqualTo(code);
    assertThat(problem.getInt("status")).isEqualTo(status);
    assertThat(problem.getString("instance"))
        .endsWith(reply.headers().firstValue("X-Request-Id").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"inputs":"@","question":"Q","image":"@","parameters":{"top_k":2}} | 2
          {"inputs":{"question":"Q","image":"@"},"parameters":{"top_k":2}}   | 2
          {"inputs":{"question":"Q","image":"@"},"options":{"use_cache":1}}  | 5
          {"question":"Q","image":"@"}                                       | 5
          """)
  void huggingFacesClientsAreAnswered(String json, int count) throws IOException {
    String body =
        json.replace("\"@\"", '"' + base64(LEFT) + '"').replace("\"Q\"", '"' + QUESTION + '"');
    JsonObject expected =
        Json.parseObject(
            run("vqa", "--image", LEFT.toString(), "--question", QUESTION)
                .getBytes(StandardCharsets.UTF_8));
    JsonWriter answers = new JsonWriter().beginArray();
    for (int i = 0; i < count; i++) {
      JsonObject answer = expected.getArray("answers").getObject(i);
      answers.beginObject().name("score").value(answer.get("score"));
      answers.name("answer").value(answer.get("label")).endObject();
    }
    String wanted = answers.endArray().toString();
    for (String path : List.of("/", "/models/vqa-regions")) {
      assertThat(service.post(path, body).body()).isEqualTo(wanted);
    }
  }
}
