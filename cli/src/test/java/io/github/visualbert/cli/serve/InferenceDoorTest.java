package io.github.visualbert.cli.serve;

import static io.github.visualbert.cli.serve.InferenceClient.DETECTOR;
import static io.github.visualbert.cli.serve.InferenceClient.FILE;
import static io.github.visualbert.cli.serve.InferenceClient.HEADER;
import static io.github.visualbert.cli.serve.InferenceClient.IMAGE;
import static io.github.visualbert.cli.serve.InferenceClient.INFER;
import static io.github.visualbert.cli.serve.InferenceClient.PICTURE;
import static io.github.visualbert.cli.serve.InferenceClient.block;
import static io.github.visualbert.cli.serve.InferenceClient.expected;
import static io.github.visualbert.cli.serve.InferenceClient.tensors;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol, against what {@code detect} finds. */
class InferenceDoorTest {
  private static ServiceFixture service;
  private static InferenceClient client;
  private static Detection detection;

  @BeforeAll
  static void start() {
    service = ServiceFixture.start("vqa-regions"); // which sees through the detector
    client = new InferenceClient(service);
    try (RegionDetector detector = RegionDetector.open(DETECTOR)) {
      detection = detector.detect(FILE);
    }
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void tensorsAreThoseOfDetectInEveryForm() {
    Map<String, String> expected = expected(detection);
    assertThat(tensors(client.post("{'inputs':[%]}")).entrySet())
        .containsExactlyElementsOf(expected.entrySet());
    String binary = "{'inputs':[#],'parameters':{'binary_data_output':true}}";
    assertThat(tensors(client.sendBinary(binary, "right", block())).entrySet())
        .containsExactlyElementsOf(expected.entrySet());
    HttpResponse<byte[]> raw =
        service.sendForBytes(
            service.request(INFER, HEADER, "0").POST(BodyPublishers.ofByteArray(PICTURE)).build());
    assertThat(raw.headers().firstValue(HEADER)).isPresent();
    assertThat(tensors(raw).entrySet()).containsExactlyElementsOf(expected.entrySet());
    assertThat(tensors(client.sendBinary("{'inputs':[#]}", "right", block())).entrySet())
        .containsExactlyElementsOf(expected.entrySet()); // a picture in bytes, numbers in JSON
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{"name":"boxes"}]                                             | true  | 1
          [{"name":"boxes"}]                                             | false | 0
          [{"name":"boxes","parameters":{"binary_data":false}}]          | true  | 0
          [{"name":"boxes","parameters":{"binary_data":true}}]           | false | 1
          [{"name":"image_size","parameters":{"binary_data":true}},{"name":"boxes"}] | false | 1
          [{"name":"obj_ids"},{"name":"boxes","parameters":{"binary_data":false,"content_type":"x"}}] | true | 1
          """)
  void outputsAreThoseThatAreAskedForAsTheyAreAskedFor(String outputs, boolean all, int blocks) {
    HttpResponse<byte[]> reply =
        client.post(
            "{'inputs':[%],'outputs':"
                + outputs
                + ",'parameters':{'binary_data_output':"
                + all
                + "}}");
    Map<String, String> tensors = tensors(reply);
    List<String> names = new ArrayList<>();
    for (JsonValue each : ((JsonArray) Json.parse(outputs))) {
      names.add(((JsonObject) each).getString("name"));
    }
    assertThat(tensors.keySet()).containsExactlyElementsOf(names);
    assertThat(expected(detection).entrySet()).containsAll(tensors.entrySet());
    String text = new String(reply.body(), StandardCharsets.ISO_8859_1);
    assertThat(text.split("binary_data_size", -1)).hasSize(blocks + 1);
    assertThat(reply.headers().firstValue(HEADER).isPresent()).isEqualTo(blocks > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'42'", "7", "null", "{'a':[1.50]}"})
  void idComesBackAsItWas(String id) {
    String begin = "{\"model_name\":\"detector\",\"model_version\":\"1\",";
    String reply =
        new String(
            client.post("{'id':" + id + ",'inputs':[%],'outputs':[{'name':'image_size'}]}").body(),
            StandardCharsets.UTF_8);
    String outputs =
        "\"outputs\":[{\"name\":\"image_size\",\"datatype\":\"INT64\",\"shape\":[2],"
            + "\"data\":[%d,%d]}]}".formatted(detection.width(), detection.height());
    assertThat(reply).isEqualTo(begin + "\"id\":" + id.replace('\'', '"') + "," + outputs);
    assertThat(
            new String(
                client.post("{'inputs':[%],'outputs':[{'name':'image_size'}]}").body(),
                StandardCharsets.UTF_8))
        .isEqualTo(begin + outputs);
  }

  @Test
  void parametersThatChangeNothingAreIgnored() {
    assertThat(
            tensors(
                client.post(
                    "{'inputs':[{"
                        + IMAGE
                        + ",'data':['@'],'parameters':{'content_type':'base64'}}],'outputs':null,"
                        + "'parameters':{'timeout':1,'priority':2,'sequence_id':3,"
                        + "'sequence_start':true,'content_type':'x'},'extra':1}")))
        .isEqualTo(expected(detection));
  }

  @Test
  void samePictureIsSeenOnce() {
    HttpResponse<byte[]> first = client.post("{'inputs':[%]}");
    String before = service.get("/metrics").body();
    assertThat(client.post("{'inputs':[%]}").body()).isEqualTo(first.body());
    String count = "visualbert_detections_total{detector=\"detector\",result=\"done\"} ";
    assertThat(line(service.get("/metrics").body(), count)).isEqualTo(line(before, count));
  }

  private static String line(String metrics, String begin) {
    return metrics.lines().filter(line -> line.startsWith(begin)).findFirst().orElseThrow();
  }
}
