package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chat completions, against what {@code run} prints. */
class ChatDoorTest {
  private static final String PATH = "/v1/chat/completions";
  private static final String QUESTION = "what is the colour of the ring?";
  private static final String PICTURE = "data:image/png;base64," + ServiceFixture.picture();

  /** Nine words and marks, [CLS] and [SEP], and the nine regions of the picture. */
  private static final int ROWS = 8 + 2 + 9;

  @TempDir private static Path folder;

  private static ServiceFixture service;

  @BeforeAll
  static void start() throws IOException {
    Path separators = folder.resolve("separators"); // between lines, as some clients see it
    Cli.copy(ServiceFixture.DEMO.resolve("vqa"), separators);
    String config = Files.readString(separators.resolve("config.json"));
    for (String label : labels(config)) {
      config = config.replace(": \"" + label + '"', ": \"" + label + "\\u2028\\u0085é😀\"");
    }
    Files.writeString(separators.resolve("config.json"), config);
    service =
        ServiceFixture.start(
            "nlvr2", "vqa-regions", "vqa", "multiple-choice", separators.toString());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static List<String> labels(String config) {
    List<String> labels = new ArrayList<>();
    parse(config)
        .getObject("id2label")
        .members()
        .values()
        .forEach(label -> labels.add(((JsonValue.Text) label).value()));
    return labels;
  }

  private static JsonObject parse(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonArray run(String model, String task, String... options) {
    List<String> args = new ArrayList<>(List.of("run", "--task", task, "--format", "json"));
    args.addAll(List.of("--model", ServiceFixture.DEMO.resolve(model).toString()));
    args.addAll(List.of(options));
    return parse(Cli.run(args.toArray()).answer()).getArray("answers");
  }

  private static JsonArray expected(String model) {
    return run(model, "vqa", "--image", ServiceFixture.PICTURE.toString(), "--question", QUESTION);
  }

  /** Returns a request: Q is the question, @ the picture, % a message that has both. */
  private static String request(String form) {
    return form.replace(
            "%",
            "{'role':'user','content':[{'type':'text','text':'Q'},"
                + "{'type':'image_url','image_url':{'url':'@'}}]}")
        .replace("'Q'", "'" + QUESTION + "'")
        .replace("'@'", "'" + PICTURE + "'")
        .replace('\'', '"');
  }

  private static HttpResponse<String> ask(String form) {
    return service.post(PATH, request(form));
  }

  private static JsonObject completion(String form) {
    HttpResponse<String> reply = ask(form);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    return parse(reply.body());
  }

  private static String content(JsonObject completion) {
    return completion.getArray("choices").getObject(0).getObject("message").getString("content");
  }

  @Test
  void completionIsTheLabelOfTheBestAnswer() {
    long begin = Instant.now().getEpochSecond();
    HttpResponse<String> reply =
        service.post(PATH, request("{'messages':[%]}"), "X-Request-Id", "mine-1");
    JsonObject completion = parse(reply.body());
    long created = completion.getLong("created");
    assertThat(created).isBetween(begin, Instant.now().getEpochSecond());
    String label = expected("vqa-regions").getObject(0).getString("label");
    assertThat(reply.body())
        .isEqualTo(
            ("{'id':'chatcmpl-mine-1','object':'chat.completion','created':%d,"
                    + "'model':'vqa-regions','choices':[{'index':0,'message':{'role':'assistant',"
                    + "'content':'%s','refusal':null},'logprobs':null,'finish_reason':'stop'}],"
                    + "'usage':{'prompt_tokens':%d,'completion_tokens':1,'total_tokens':%d}}")
                .formatted(created, label, ROWS, ROWS + 1)
                .replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'model':null,'messages':[%]}",
        "{'model':'','messages':[%]}",
        "{'model':'default','messages':[%]}",
        "{'model':'dummy','messages':[%]}",
        "{'model':'tgi','messages':[%]}",
        "{'model':'http://localhost:8080/v1','messages':[%]}",
        "{'model':'vqa-regions','messages':[%]}",
        "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':'@'},"
            + "{'type':'text','text':'Q'}]}]}",
        "{'messages':[{'role':'user','content':[{'type':'text','text':'what is the colour'},"
            + "{'type':'image_url','image_url':{'url':'@','detail':'low'}},"
            + "{'type':'text','text':'of the ring?'}]}]}",
        "{'messages':[{'role':'system','content':'be short'},{'role':'developer','content':[7]},"
            + "%,{'role':'assistant','content':null,'refusal':null},{'role':'tool','content':'1'}]}",
        "{'messages':[{'role':'user','content':[{'type':'text','text':'where?'},"
            + "{'type':'image_url','image_url':{'url':'@'}}]},{'role':'assistant','content':'two'},"
            + "{'role':'user','content':'Q'}]}",
        "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'bm8='}}]},"
            + "%]}",
        "{'messages':[%],'n':1,'response_format':{'type':'text'},'tool_choice':'auto',"
            + "'tools':[{}],'temperature':'x','top_p':9,'seed':[],'stop':{},'max_tokens':0,"
            + "'max_completion_tokens':1,'logit_bias':1,'user':1,'store':1,'metadata':1,"
            + "'service_tier':1,'reasoning_effort':1,'prompt_cache_key':1,"
            + "'stream_options':{'include_usage':7},'top_logprobs':3}",
        "{'messages':[%],'n':null,'response_format':null,'tool_choice':'none','stream':false,"
            + "'logprobs':false,'stream_options':null}"
      })
  void whatClientsAddChangesNothing(String form) {
    JsonObject completion = completion(form);
    assertThat(content(completion))
        .isEqualTo(expected("vqa-regions").getObject(0).getString("label"));
    assertThat(completion.getString("model")).isEqualTo("vqa-regions");
    assertThat(completion.getObject("usage").getInt("prompt_tokens")).isEqualTo(ROWS);
    assertThat(completion.getArray("choices").getObject(0).get("logprobs"))
        .isEqualTo(JsonValue.Null.NULL);
  }

  @Test
  void modelOfThePathAnswers() {
    HttpResponse<String> reply =
        service.post("/models/vqa" + PATH, request("{'model':'vqa-regions','messages':[%]}"));
    assertThat(parse(reply.body()).getString("model")).isEqualTo("vqa");
    assertThat(content(parse(reply.body())))
        .isEqualTo(expected("vqa").getObject(0).getString("label"));
    assertThat(service.post("/models/no" + PATH, "{}").body())
        .contains("\"code\":\"model_not_found\"", "vqa-regions");
  }

  @Test
  void pictureIsAskedAboutByItsId() throws IOException {
    HttpResponse<String> sent =
        service.send(
            service
                .request("/v1/pictures", "Content-Type", "image/png")
                .POST(BodyPublishers.ofFile(ServiceFixture.PICTURE))
                .build());
    String id = parse(sent.body()).getString("id");
    String form = "{'messages':[%]}".replace("%", request("%").replace(PICTURE, id));
    assertThat(content(completion(form)))
        .isEqualTo(expected("vqa-regions").getObject(0).getString("label"));
    HttpResponse<String> unknown = ask(form.replace(id, "picture:" + "0".repeat(64)));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("\"code\":\"picture_unknown\"");
  }

  @Test
  void statementIsJudgedOnTwoPictures() {
    String statement = "there is a ring in both pictures";
    Path other = ServiceFixture.DEMO.resolve("images/scene-2.png");
    JsonObject completion =
        completion(
            "{'model':'nlvr2','messages':[{'role':'user','content':["
                + "{'type':'image_url','image_url':'@'},{'type':'image_url','image_url':'"
                + ServiceFixture.picture(other)
                + "'},{'type':'text','text':'"
                + statement
                + "'}]}]}");
    JsonArray expected =
        run(
            "nlvr2",
            "nlvr2",
            "--image",
            ServiceFixture.PICTURE.toString(),
            other.toString(),
            "--statement",
            statement);
    assertThat(content(completion)).isEqualTo(expected.getObject(0).getString("label"));
    assertThat(completion.getObject("usage").getInt("prompt_tokens")).isEqualTo(7 + 2 + 2 * 16);
  }

  @Test
  void probabilitiesAreThoseOfRun() {
    JsonArray expected = expected("vqa");
    JsonObject choice =
        completion("{'model':'vqa','messages':[%],'logprobs':true,'top_logprobs':3}")
            .getArray("choices")
            .getObject(0);
    JsonObject token = choice.getObject("logprobs").getArray("content").getObject(0);
    checkToken(token, expected.getObject(0));
    assertThat(choice.getObject("logprobs").getArray("content").size()).isEqualTo(1);
    assertThat(token.getArray("top_logprobs").size()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      checkToken(token.getArray("top_logprobs").getObject(i), expected.getObject(i));
    }
    assertThat(ask("{'model':'vqa','messages':[%],'logprobs':true}").body())
        .contains("\"top_logprobs\":[]");
    assertThat(
            completion("{'model':'vqa','messages':[%],'logprobs':true,'top_logprobs':20}")
                .getArray("choices")
                .getObject(0)
                .getObject("logprobs")
                .getArray("content")
                .getObject(0)
                .getArray("top_logprobs")
                .size())
        .isEqualTo(20);
  }

  private static void checkToken(JsonObject token, JsonObject answer) {
    String label = answer.getString("label");
    assertThat(token.getString("token")).isEqualTo(label);
    assertThat(token.getDouble("logprob")).isEqualTo(Math.log(answer.getDouble("score")));
    byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
    assertThat(token.getArray("bytes").size()).isEqualTo(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      assertThat(token.getArray("bytes").getInt(i)).isEqualTo(bytes[i] & 0xff);
    }
  }

  @Test
  void streamHasTheEventsThatClientsKnow() {
    HttpResponse<String> reply =
        service.post(
            PATH,
            request("{'messages':[%],'stream':true,'stream_options':{'include_usage':true}}"),
            "X-Request-Id",
            "s",
            "Accept",
            "application/json");
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    assertThat(reply.headers().firstValue("Cache-Control")).hasValue("no-store");
    String created = reply.body().replaceFirst("(?s).*?\"created\":(\\d+).*", "$1");
    String label = expected("vqa-regions").getObject(0).getString("label");
    String begin =
        "data: {'id':'chatcmpl-s','object':'chat.completion.chunk','created':"
            + created
            + ",'model':'vqa-regions','choices':[";
    assertThat(reply.body())
        .isEqualTo(
            (begin
                    + "{'index':0,'delta':{'role':'assistant','content':''},"
                    + "'finish_reason':null}],'usage':null}\n\n"
                    + begin
                    + "{'index':0,'delta':{'content':'"
                    + label
                    + "'},'logprobs':null,'finish_reason':null}],'usage':null}\n\n"
                    + begin
                    + "{'index':0,'delta':{},'finish_reason':'stop'}],'usage':null}\n\n"
                    + begin
                    + "],'usage':{'prompt_tokens':%d,'completion_tokens':1,'total_tokens':%d}}\n\n"
                        .formatted(ROWS, ROWS + 1)
                    + "data: [DONE]\n\n")
                .replace('\'', '"'));
  }

  @Test
  void streamCountsTokensOnlyWhereAsked() {
    for (String options : List.of("", ",'stream_options':{}", ",'stream_options':null")) {
      String body = ask("{'messages':[%],'stream':true" + options + "}").body();
      assertThat(body).doesNotContain("usage").endsWith("data: [DONE]\n\n");
      assertThat(body.split("\n\n")).hasSize(4);
    }
  }

  @Test
  void streamIsAsciiWhateverTheLabel() {
    String form = "{'model':'separators','messages':[%],'logprobs':true,'top_logprobs':2";
    JsonObject whole = completion(form + "}");
    assertThat(content(whole)).endsWith("\u2028\u0085é😀");
    String body = ask(form + ",'stream':true}").body();
    assertThat(body.chars()).allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f);
    assertThat(body).contains("\\u2028\\u0085\\u00e9\\ud83d\\ude00");
    JsonObject choice =
        parse(body.split("\n\n")[1].substring("data: ".length())).getArray("choices").getObject(0);
    assertThat(choice.getObject("delta").getString("content")).isEqualTo(content(whole));
    assertThat(choice.getObject("logprobs").getArray("content").getObject(0).getString("token"))
        .isEqualTo(content(whole));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'messages':[%],'messages':[%]}                             | 400 | json_malformed      | null
          {'messages':                                                | 400 | json_malformed      | null
          {'model':'no','messages':[%]}                               | 404 | model_not_found     | null
          {'model':'detector','messages':[%]}                         | 404 | model_not_found     | null
          {'model':7,'messages':[%]}                                  | 400 | field_wrong         | model
          {'model':'multiple-choice','messages':[%]}                  | 400 | task_not_served     | model
          {}                                                          | 400 | field_missing       | messages
          {'messages':{}}                                             | 400 | field_wrong         | messages
          {'messages':[]}                                             | 400 | question_missing    | messages
          {'messages':[7]}                                            | 400 | field_wrong         | messages
          {'messages':[{'content':'Q'}]}                              | 400 | field_wrong         | messages
          {'messages':[{'role':'bard','content':'Q'}]}                | 400 | field_wrong         | messages
          {'messages':[{'role':'system','content':'Q'}]}              | 400 | question_missing    | messages
          {'messages':[{'role':'user'}]}                              | 400 | question_missing    | messages
          {'messages':[{'role':'user','content':7}]}                  | 400 | field_wrong         | messages
          {'messages':[{'role':'user','content':'Q'}]}                | 400 | picture_missing     | messages
          {'messages':[%,{'role':'user','content':' '}]}              | 400 | question_missing    | messages
          {'messages':[{'role':'user','content':['Q']}]}              | 400 | field_wrong         | messages
          {'messages':[{'role':'user','content':[{}]}]}               | 400 | field_wrong         | messages
          {'messages':[{'role':'user','content':[{'type':'text'}]}]}  | 400 | field_missing       | messages
          {'messages':[{'role':'user','content':[{'type':'input_audio'}]}]}                        | 400 | field_wrong   | messages
          {'messages':[{'role':'user','content':[{'type':'image_url','image_url':{}}]}]}           | 400 | field_missing | messages
          {'messages':[{'role':'user','content':[{'type':'image_url','image_url':'@'}]}]}          | 400 | question_missing | messages
          {'messages':[{'role':'user','content':[{'type':'text','text':'Q'},{'type':'image_url','image_url':'@'},{'type':'image_url','image_url':'@'}]}]} | 400 | field_wrong | messages
          {'model':'nlvr2','messages':[%]}                            | 400 | field_wrong         | messages
          {'messages':[{'role':'user','content':[{'type':'text','text':'Q'},{'type':'image_url','image_url':'https://a/b.png'}]}]} | 400 | picture_not_fetched | messages
          {'messages':[{'role':'user','content':[{'type':'text','text':'Q'},{'type':'image_url','image_url':'data:image/png;base64,bm8='}]}]} | 400 | picture_unreadable | messages
          {'messages':[{'role':'user','content':[{'type':'text','text':'Q'},{'type':'image_url','image_url':'data:image/png;base64,!'}]}]} | 400 | picture_unreadable | messages
          {'messages':[{'role':'user','content':[{'type':'text','text':'LONG'},{'type':'image_url','image_url':'@'}]}]} | 400 | value_out_of_range | messages
          {'messages':[%],'n':2}                                      | 400 | value_out_of_range  | n
          {'messages':[%],'n':'1'}                                    | 400 | field_wrong         | n
          {'messages':[%],'response_format':{'type':'json_object'}}   | 400 | field_wrong         | response_format
          {'messages':[%],'response_format':'text'}                   | 400 | field_wrong         | response_format
          {'messages':[%],'tool_choice':'required'}                   | 400 | field_wrong         | tool_choice
          {'messages':[%],'tool_choice':{'type':'function'}}          | 400 | field_wrong         | tool_choice
          {'messages':[%],'top_logprobs':21}                          | 400 | value_out_of_range  | top_logprobs
          {'messages':[%],'top_logprobs':-1}                          | 400 | value_out_of_range  | top_logprobs
          {'messages':[%],'logprobs':1}                               | 400 | field_wrong         | logprobs
          {'messages':[%],'stream':'yes'}                             | 400 | field_wrong         | stream
          {'messages':[%],'stream':true,'stream_options':{'include_usage':1}} | 400 | field_wrong | stream_options
          {'messages':[%],'stream':true,'n':2}                        | 400 | value_out_of_range  | n
          """)
  void saysWhatIsWrong(String form, int status, String code, String parameter) {
    HttpResponse<String> reply = ask(form.replace("LONG", "a".repeat(10_001)));
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    checkError(reply, "invalid_request_error", code);
    JsonValue named = parse(reply.body()).getObject("error").get("param");
    assertThat(named)
        .isEqualTo(parameter.equals("null") ? JsonValue.Null.NULL : new JsonValue.Text(parameter));
  }

  private static void checkError(HttpResponse<String> reply, String type, String code) {
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonObject error = parse(reply.body()).getObject("error");
    assertThat(error.keys()).containsExactly("message", "type", "param", "code");
    assertThat(error.getString("type")).isEqualTo(type);
    assertThat(error.getString("code")).as(reply.body()).isEqualTo(code);
    assertThat(error.getString("message")).isNotBlank().hasSizeLessThan(400);
  }

  @Test
  void errorsNameTheWayOut() {
    assertThat(ask("{'model':'no','messages':[%]}").body())
        .contains("nlvr2, vqa-regions, vqa, multiple-choice");
    assertThat(ask("{'model':'multiple-choice','messages':[%]}").body()).contains("/v1/answers");
    for (String path : List.of("/v1/responses", "/v1/completions")) {
      HttpResponse<String> reply = service.post(path, "{}");
      assertThat(reply.statusCode()).isEqualTo(404);
      checkError(reply, "invalid_request_error", "path_unknown");
      assertThat(reply.body()).contains("/v1/chat/completions");
    }
    HttpResponse<String> method = service.get(PATH);
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(method.headers().firstValue("Allow")).hasValue("POST");
    checkError(method, "invalid_request_error", "method_wrong");
    HttpResponse<String> type =
        service.send(
            service
                .request(PATH, "Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{}"))
                .build());
    assertThat(type.statusCode()).isEqualTo(415);
    checkError(type, "invalid_request_error", "type_wrong");
    assertThat(type.body()).contains("--json");
  }

  @Test
  void modelsAreListedWithThoseForQuestionsFirst() throws IOException {
    JsonObject list = parse(service.get("/v1/models").body());
    assertThat(list.getString("object")).isEqualTo("list");
    List<String> names = new ArrayList<>();
    for (JsonValue each : list.getArray("data")) {
      names.add(((JsonObject) each).getString("id"));
    }
    assertThat(names)
        .containsExactly("vqa-regions", "vqa", "separators", "nlvr2", "multiple-choice");
    JsonObject first = list.getArray("data").getObject(0);
    long created = first.getLong("created");
    assertThat(created).isBetween(1_500_000_000L, Instant.now().getEpochSecond());
    String one = service.get("/v1/models/vqa-regions").body();
    assertThat(one)
        .isEqualTo(
            ("{'id':'vqa-regions','object':'model','created':%d,'owned_by':'visualbert',"
                    + "'task':'vqa'}")
                .formatted(created)
                .replace('\'', '"'));
    HttpResponse<String> unknown = service.get("/v1/models/no");
    assertThat(unknown.statusCode()).isEqualTo(404);
    checkError(unknown, "invalid_request_error", "model_not_found");
  }
}
