package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.serve.http.Door;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description of the interface, against what the service does. */
class OpenApiTest {
  private static final String TOKEN = "a-token-of-nineteen";
  private static final String PICTURE = ServiceFixture.picture();
  private static final String CHAT =
      ("{'messages':[{'role':'user','content':[{'type':'text','text':'how many rings?'},"
              + "{'type':'image_url','image_url':{'url':'@'}}]}],'logprobs':true,'top_logprobs':2")
          .replace('\'', '"')
          .replace("@", PICTURE);

  @TempDir private static Path folder;

  private static ServiceFixture service;
  private static JsonObject description;

  @BeforeAll
  static void start() throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN);
    service =
        ServiceFixture.start(
            ServiceFixture.settings(4, 1 << 20, tokens, "vqa-regions", "pretraining"));
    description = parse(service.get("/openapi.json").body());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static JsonObject parse(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonObject operation(String method, String path) {
    return description
        .getObject("paths")
        .getObject(path)
        .getObject(method.toLowerCase(Locale.ROOT));
  }

  @Test
  void hasEveryRouteAndNoOther() {
    Map<String, String> described = new TreeMap<>();
    description
        .getObject("paths")
        .members()
        .forEach(
            (path, methods) ->
                ((JsonObject) methods)
                    .members()
                    .forEach(
                        (method, operation) ->
                            described.put(path + " " + method, facts((JsonObject) operation))));
    Map<String, String> routes = new TreeMap<>();
    for (Route route : service.service().routes(new Metrics())) {
      routes.put(
          route.pattern() + " " + route.method().toLowerCase(Locale.ROOT),
          Door.of(route.method(), route.pattern()) + (route.open() ? ", open" : ""));
    }
    assertThat(described).isEqualTo(routes);
    assertThat(operationNames()).doesNotHaveDuplicates().hasSameSizeAs(described.keySet());
  }

  private static String facts(JsonObject operation) {
    boolean open = operation.has("security");
    return operation.getArray("tags").getString(0) + (open ? ", open" : "");
  }

  private static List<String> operationNames() {
    List<String> names = new ArrayList<>();
    description
        .getObject("paths")
        .members()
        .values()
        .forEach(
            methods ->
                ((JsonObject) methods)
                    .members()
                    .values()
                    .forEach(each -> names.add(((JsonObject) each).getString("operationId"))));
    return names;
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    assertThat(description.getString("openapi")).startsWith("3.1");
    checkReferences(description);
  }

  private static void checkReferences(JsonValue value) {
    switch (value) {
      case JsonObject object -> {
        if (object.has("$ref")) {
          resolve(object);
        }
        object.members().values().forEach(OpenApiTest::checkReferences);
      }
      case JsonArray array -> array.forEach(OpenApiTest::checkReferences);
      default -> {}
    }
  }

  private static JsonObject resolve(JsonObject schema) {
    if (!schema.has("$ref")) {
      return schema;
    }
    JsonObject at = description;
    for (String name : schema.getString("$ref").substring(2).split("/")) {
      at = at.getObject(name);
    }
    return at;
  }

  private static HttpRequest.Builder request(String path) {
    return service.request(path, "X-Api-Key", TOKEN, "Content-Type", "application/json");
  }

  /** Sends a request and holds its answer to the schema of its operation. */
  private static void check(String method, String pattern, String path, String body) {
    HttpResponse<String> reply =
        service.send(
            request(path)
                .method(
                    method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());
    String type = reply.headers().firstValue("Content-Type").orElseThrow();
    JsonObject responses = operation(method, pattern).getObject("responses");
    String status = Integer.toString(reply.statusCode());
    assertThat(responses.keys()).as(reply.body()).contains(status);
    JsonObject content = resolve(responses.getObject(status)).getObject("content");
    assertThat(content.keys()).as(pattern).contains(type);
    JsonObject schema = content.getObject(type).getObject("schema");
    if (!type.equals("text/event-stream")) {
      check(Json.parse(reply.body()), schema, pattern);
      return;
    }
    for (String event : reply.body().split("\n\n")) {
      if (!event.endsWith("[DONE]")) {
        check(parse(event.substring("data: ".length())), schema, pattern);
      }
    }
  }

  /** Checks types, constants, and keys: those that are required, and those that are known. */
  private static void check(JsonValue value, JsonObject reference, String at) {
    JsonObject schema = resolve(reference);
    if (schema.has("anyOf")) {
      boolean isNull = value == JsonValue.Null.NULL;
      if (!isNull) {
        check(value, schema.getArray("anyOf").getObject(0), at);
      }
      return;
    }
    if (schema.has("type")) {
      assertThat(new JsonWriter().value(schema.get("type")).toString())
          .as(at)
          .contains('"' + type(value, schema) + '"');
    }
    if (schema.has("const")) {
      assertThat(value).as(at).isEqualTo(schema.get("const"));
    }
    if (value instanceof JsonObject object && schema.has("properties")) {
      JsonObject properties = schema.getObject("properties");
      if (schema.has("required")) {
        assertThat(object.keys()).as(at).containsAll(schema.getArray("required").toStrings());
      }
      assertThat(properties.keys()).as(at).containsAll(object.keys());
      object
          .members()
          .forEach((name, member) -> check(member, properties.getObject(name), at + "/" + name));
    }
    if (value instanceof JsonArray array && schema.has("items")) {
      array.forEach(element -> check(element, schema.getObject("items"), at + "/0"));
    }
  }

  private static String type(JsonValue value, JsonObject schema) {
    return switch (value) {
      case JsonObject unused -> "object";
      case JsonArray unused -> "array";
      case JsonValue.Text unused -> "string";
      case JsonValue.Bool unused -> "boolean";
      case JsonValue.Null unused -> "null";
      case JsonValue.Int unused when "integer".equals(schema.getString("type", "")) -> "integer";
      case JsonValue.Int unused -> "number";
      case JsonValue.Real unused -> "number";
    };
  }

  @Test
  void answersAreAsDescribed() {
    String picture = "\"image\":\"" + PICTURE + '"';
    String question = "{\"question\":\"how many rings?\"," + picture;
    check("POST", "/v1/answers", "/v1/answers", question + ",\"regions\":true}");
    String masked = "{\"task\":\"pretrain\",\"text\":\"a [MASK] ring\"," + picture + "}";
    check("POST", "/v1/answers", "/v1/answers", masked);
    check("POST", "/", "/", question + "}");
    String hf = "/models/{name}";
    check("POST", hf, "/models/vqa-regions", question + "}");
    String chat = "/v1/chat/completions";
    check("POST", chat, chat, CHAT + "}");
    check(
        "POST", chat, chat, CHAT + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    check("POST", "/models/{name}" + chat, "/models/vqa-regions" + chat, CHAT + "}");
    check("GET", "/v1/models", "/v1/models", null);
    check("GET", "/v1/models/{name}", "/v1/models/pretraining", null);
    String infer =
        "{\"id\":1,\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\""
            + PICTURE
            + "\"]}]}";
    for (String version : List.of("", "/versions/1")) {
      String path = "/v2/models/{name}" + version;
      String real = path.replace("{name}", "detector");
      check("GET", path, real, null);
      check("GET", path + "/ready", real + "/ready", null);
      check("POST", path + "/infer", real + "/infer", infer);
    }
    for (String path :
        List.of(
            "/v2",
            "/v2/health/live",
            "/v2/health/ready",
            "/health",
            "/health/live",
            "/health/ready",
            "/openapi.json")) {
      check("GET", path, path, null);
    }
  }

  @Test
  void errorsAreAsDescribed() {
    for (String path :
        List.of("/v1/answers", "/", "/v1/chat/completions", "/v2/models/{name}/infer")) {
      String real = path.replace("{name}", "detector");
      check("POST", path, real, "{");
      check("POST", path, real, "\"" + "a".repeat(1 << 20) + "\"");
    }
    String none = "{\"model\":\"no\",\"question\":\"a\"}";
    check("POST", "/v1/answers", "/v1/answers", none);
    check("POST", "/v1/chat/completions", "/v1/chat/completions", none);
    check("POST", "/models/{name}", "/models/no", none);
    check("POST", "/v2/models/{name}/infer", "/v2/models/no/infer", none);
    check("GET", "/v1/pictures/{id}", "/v1/pictures/no", null);
  }
}
