package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol, against what {@code detect} finds. */
class InferenceDoorTest {
  private static final String INFER = "/v2/models/detector/infer";
  private static final String HEADER = "Inference-Header-Content-Length";
  private static final Path DETECTOR = ServiceFixture.DEMO.resolve("detector");
  private static final Path FILE = ServiceFixture.DEMO.resolve("regions/wide.png");
  private static final byte[] PICTURE = read(FILE);

  /** The input without its data. */
  private static final String IMAGE = "'name':'image','shape':[1],'datatype':'BYTES'";

  private static final String BINARY =
      "{" + IMAGE + ",'parameters':{'binary_data_size':" + (PICTURE.length + 4) + "}}";

  private static ServiceFixture service;
  private static Detection detection;

  @BeforeAll
  static void start() {
    service = ServiceFixture.start("vqa-regions"); // which sees through the detector
    try (RegionDetector detector = RegionDetector.open(DETECTOR)) {
      detection = detector.detect(FILE);
    }
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String json(String form) {
    return form.replace("%", "{" + IMAGE + ",'data':['@']}")
        .replace("@", ServiceFixture.picture(FILE))
        .replace("#", BINARY)
        .replace('\'', '"');
  }

  private static JsonObject parse(byte[] json) {
    return Json.parseObject(json);
  }

  /** Sends JSON with the picture behind it. */
  private static HttpResponse<byte[]> sendBinary(String form, String header, byte[]... blocks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] head = json(form).getBytes(StandardCharsets.UTF_8);
    body.writeBytes(head);
    for (byte[] block : blocks) {
      body.writeBytes(block);
    }
    HttpRequest.Builder request = service.request(INFER); // tritonclient says no type
    if (header != null) {
      request.header(HEADER, header.equals("right") ? Integer.toString(head.length) : header);
    }
    return service.sendForBytes(
        request.POST(BodyPublishers.ofByteArray(body.toByteArray())).build());
  }

  private static byte[] block(int length, byte[] bytes) {
    ByteBuffer block = ByteBuffer.allocate(4 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    return block.putInt(length).put(bytes).array();
  }

  private static byte[] block() {
    return block(PICTURE.length, PICTURE);
  }

  /** Returns the tensors of an answer as bytes, in their order. */
  private static Map<String, String> tensors(HttpResponse<byte[]> reply) {
    assertThat(reply.statusCode())
        .as(new String(reply.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    int at = reply.headers().firstValue(HEADER).map(Integer::parseInt).orElse(reply.body().length);
    JsonObject json = parse(Arrays.copyOf(reply.body(), at));
    assertThat(reply.headers().firstValue("Content-Type"))
        .hasValue(
            reply.headers().firstValue(HEADER).isPresent()
                ? "application/octet-stream"
                : "application/json");
    Map<String, String> tensors = new LinkedHashMap<>();
    for (JsonValue each : json.getArray("outputs")) {
      JsonObject output = (JsonObject) each;
      byte[] bytes;
      if (output.has("parameters")) {
        int size = output.getObject("parameters").getInt("binary_data_size");
        bytes = Arrays.copyOfRange(reply.body(), at, at + size);
        at += size;
      } else {
        bytes = pack(output.getString("datatype"), output.getArray("data"));
      }
      tensors.put(output.getString("name"), text(output, bytes));
    }
    assertThat(at).isEqualTo(reply.body().length);
    return tensors;
  }

  private static String text(JsonObject output, byte[] bytes) {
    JsonWriter shape = new JsonWriter().value(output.getArray("shape"));
    return output.getString("datatype") + shape + HexFormat.of().formatHex(bytes);
  }

  private static byte[] pack(String datatype, JsonArray data) {
    boolean floats = datatype.equals("FP32");
    ByteBuffer bytes =
        ByteBuffer.allocate(data.size() * (floats ? 4 : 8)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < data.size(); i++) {
      if (floats) {
        bytes.putFloat(Float.parseFloat(new JsonWriter().value(data.get(i)).toString()));
      } else {
        bytes.putLong(data.getLong(i));
      }
    }
    return bytes.array();
  }

  private static String floats(String shape, List<Float> values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putFloat);
    return "FP32" + shape + HexFormat.of().formatHex(bytes.array());
  }

  private static String longs(String shape, List<Integer> values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putLong);
    return "INT64" + shape + HexFormat.of().formatHex(bytes.array());
  }

  /** Returns what {@code detect} finds, as {@link #tensors} has it. */
  private static Map<String, String> expected() {
    List<Float> features = new ArrayList<>();
    for (float each : detection.features().toArray()) {
      features.add(each);
    }
    List<Float> boxes = new ArrayList<>();
    List<Float> relative = new ArrayList<>();
    List<Integer> objects = new ArrayList<>();
    List<Float> objectProbs = new ArrayList<>();
    List<Integer> attributes = new ArrayList<>();
    List<Float> attributeProbs = new ArrayList<>();
    detection
        .regions()
        .forEach(
            region -> {
              boxes.addAll(List.of(region.x1(), region.y1(), region.x2(), region.y2()));
              relative.add(region.x1() / detection.width());
              relative.add(region.y1() / detection.height());
              relative.add(region.x2() / detection.width());
              relative.add(region.y2() / detection.height());
              objects.add(region.objectId());
              objectProbs.add(region.confidence());
              attributes.add(region.attributeId());
              attributeProbs.add(region.attributeConfidence());
            });
    int count = detection.regions().size();
    String vector = "[" + count + "]";
    String four = "[" + count + ",4]";
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put(
        "features", floats("[" + count + "," + detection.features().dim() + "]", features));
    expected.put("boxes", floats(four, boxes));
    expected.put("normalized_boxes", floats(four, relative));
    expected.put("obj_ids", longs(vector, objects));
    expected.put("obj_probs", floats(vector, objectProbs));
    expected.put("attr_ids", longs(vector, attributes));
    expected.put("attr_probs", floats(vector, attributeProbs));
    expected.put("image_size", longs("[2]", List.of(detection.width(), detection.height())));
    return expected;
  }

  private static HttpResponse<byte[]> post(String form) {
    return service.sendForBytes(
        service
            .request(INFER, "Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json(form)))
            .build());
  }

  @Test
  void tensorsAreThoseOfDetectInEveryForm() {
    Map<String, String> expected = expected();
    assertThat(tensors(post("{'inputs':[%]}")).entrySet())
        .containsExactlyElementsOf(expected.entrySet());
    String binary = "{'inputs':[#],'parameters':{'binary_data_output':true}}";
    assertThat(tensors(sendBinary(binary, "right", block())).entrySet())
        .containsExactlyElementsOf(expected.entrySet());
    HttpResponse<byte[]> raw =
        service.sendForBytes(
            service.request(INFER, HEADER, "0").POST(BodyPublishers.ofByteArray(PICTURE)).build());
    assertThat(raw.headers().firstValue(HEADER)).isPresent();
    assertThat(tensors(raw).entrySet()).containsExactlyElementsOf(expected.entrySet());
    assertThat(tensors(sendBinary("{'inputs':[#]}", "right", block())).entrySet())
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
        post(
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
    assertThat(expected().entrySet()).containsAll(tensors.entrySet());
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
            post("{'id':" + id + ",'inputs':[%],'outputs':[{'name':'image_size'}]}").body(),
            StandardCharsets.UTF_8);
    String outputs =
        "\"outputs\":[{\"name\":\"image_size\",\"datatype\":\"INT64\",\"shape\":[2],"
            + "\"data\":[%d,%d]}]}".formatted(detection.width(), detection.height());
    assertThat(reply).isEqualTo(begin + "\"id\":" + id.replace('\'', '"') + "," + outputs);
    assertThat(
            new String(
                post("{'inputs':[%],'outputs':[{'name':'image_size'}]}").body(),
                StandardCharsets.UTF_8))
        .isEqualTo(begin + outputs);
  }

  @Test
  void parametersThatChangeNothingAreIgnored() {
    assertThat(
            tensors(
                post(
                    "{'inputs':[{"
                        + IMAGE
                        + ",'data':['@'],'parameters':{'content_type':'base64'}}],'outputs':null,"
                        + "'parameters':{'timeout':1,'priority':2,'sequence_id':3,"
                        + "'sequence_start':true,'content_type':'x'},'extra':1}")))
        .isEqualTo(expected());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                                                        | json
          {'inputs':[%],'inputs':[%]}                                              | json
          {}                                                                       | inputs
          {'inputs':7}                                                             | an array
          {'inputs':[]}                                                            | image
          {'inputs':[7]}                                                           | a tensor
          {'inputs':[{'name':'picture','shape':[1],'datatype':'BYTES','data':['@']}]} | picture
          {'inputs':[%,%]}                                                         | one input
          {'inputs':[{'name':'image','shape':[1],'datatype':'FP32','data':['@']}]} | BYTES
          {'inputs':[{'name':'image','shape':[2],'datatype':'BYTES','data':['@']}]} | shape
          {'inputs':[{'name':'image','datatype':'BYTES','data':['@']}]}            | shape
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES'}]}             | data
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':[]}]}   | data
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':[7]}]}  | data
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['!']}]} | base64
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['bm8=']}]} | PNG or JPEG
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['http://a/b.png']}]} | base64
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','parameters':{'shared_memory_region':'r'}}]} | memory is not shared
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['@'],'parameters':{'typo':1}}]} | typo
          {'inputs':[{'name':'image','shape':[1],'datatype':'BYTES','data':['@'],'parameters':7}]} | an object
          {'inputs':[%],'outputs':[{'name':'scores'}]}                             | scores
          {'inputs':[%],'outputs':[{'name':'conf'}]}                               | conf
          {'inputs':[%],'outputs':[{}]}                                            | without a name
          {'inputs':[%],'outputs':[{'name':'boxes'},{'name':'boxes'}]}             | twice
          {'inputs':[%],'outputs':[{'name':'boxes','parameters':{'classification':3}}]} | classification
          {'inputs':[%],'outputs':[{'name':'boxes','parameters':{'shared_memory_region':'r'}}]} | memory is not shared
          {'inputs':[%],'outputs':[{'name':'boxes','parameters':{'binary_data':1}}]} | true or false
          {'inputs':[%],'parameters':{'binary_data_output':1}}                     | true or false
          {'inputs':[#]}                                                           | Inference-Header-Content-Length
          """)
  void refusesWhatItDoesNotUnderstand(String form, String says) {
    checkError(post(form), 400, says);
  }

  private static void checkError(HttpResponse<byte[]> reply, int status, String says) {
    String text = new String(reply.body(), StandardCharsets.UTF_8);
    assertThat(reply.statusCode()).as(text).isEqualTo(status);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(parse(reply.body()).keys()).containsExactly("error");
    assertThat(parse(reply.body()).getString("error")).containsIgnoringCase(says);
  }

  @Test
  void refusesSizesThatDoNotAddUp() {
    String one = "{'inputs':[#]}";
    checkError(sendBinary(one, "right"), 400, "binary_data_size");
    checkError(sendBinary(one, "right", block(), new byte[1]), 400, "1 bytes are left");
    checkError(sendBinary(one, "right", block(PICTURE.length + 1, PICTURE)), 400, "an element of");
    checkError(sendBinary(one, "right", block(PICTURE.length - 1, PICTURE)), 400, "an element of");
    checkError(sendBinary(one, "right", block(-1, PICTURE)), 400, "4294967295");
    String size = "{'inputs':[{" + IMAGE + ",'parameters':{'binary_data_size':SIZE}}]}";
    for (String wrong : List.of("3", "-4", "9223372036854775807", "2147483651")) {
      checkError(
          sendBinary(size.replace("SIZE", wrong), "right", block()), 400, "binary_data_size");
    }
    checkError(sendBinary(size.replace("SIZE", "'8'"), "right", block()), 400, "an integer");
    checkError(
        sendBinary(
            "{'inputs':[{" + IMAGE + ",'data':['@'],'parameters':{'binary_data_size':5}}]}",
            "right",
            new byte[5]),
        400,
        "found both");
    checkError(sendBinary("{'inputs':[%]}", "right", new byte[3]), 400, "3 bytes are left");
    for (String wrong : List.of("-1", "1.5", "x", "2147483647", "9999999999")) {
      checkError(sendBinary(one, wrong, block()), 400, HEADER);
    }
    checkError(sendBinary(one, "5", block()), 400, "the body");
    checkError(sendBinary(one, null, block()), 400, HEADER); // the question most asked
    HttpResponse<byte[]> nothing =
        service.sendForBytes(
            service.request(INFER, HEADER, "0").POST(BodyPublishers.noBody()).build());
    checkError(nothing, 400, "image");
  }

  @Test
  void everyErrorIsAMessage() {
    checkError(service.sendForBytes(service.request("/v2/no").build()), 404, "/v2/no");
    checkError(service.sendForBytes(service.request(INFER).build()), 405, "POST");
    HttpResponse<byte[]> form =
        service.sendForBytes(
            service
                .request(INFER, "Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{}"))
                .build());
    checkError(form, Code.TYPE_WRONG.status(), "--json");
    for (String path :
        List.of("/v2/models/no", "/v2/models/no/ready", "/v2/models/vqa-regions/versions/1")) {
      checkError(service.sendForBytes(service.request(path).build()), 404, "there are: detector");
    }
    checkError(
        service.sendForBytes(service.request("/v2/models/detector/versions/2").build()),
        404,
        "nothing at");
    checkError(
        service.sendForBytes(
            service.request("/v2/models/no/infer").POST(BodyPublishers.ofString("{}")).build()),
        404,
        "there are: detector");
  }

  @Test
  void describesItself() {
    assertThat(service.get("/v2").body())
        .startsWith("{\"name\":\"visualbert\",\"version\":\"")
        .endsWith("\",\"extensions\":[\"binary_tensor_data\"]}");
    assertThat(service.get("/v2/health/live").body()).isEqualTo("{\"live\":true}");
    assertThat(service.get("/v2/health/ready").body()).isEqualTo("{\"ready\":true}");
    for (String version : List.of("", "/versions/1")) {
      assertThat(service.get("/v2/models/detector" + version + "/ready").body())
          .isEqualTo("{\"name\":\"detector\",\"ready\":true}");
      assertThat(service.get("/v2/models/detector" + version).body())
          .isEqualTo(
              ("{'name':'detector','versions':['1'],'platform':'visualbert_butd',"
                      + "'inputs':[{'name':'image','datatype':'BYTES','shape':[1]}],'outputs':["
                      + "{'name':'features','datatype':'FP32','shape':[-1,%d]},"
                      + "{'name':'boxes','datatype':'FP32','shape':[-1,4]},"
                      + "{'name':'normalized_boxes','datatype':'FP32','shape':[-1,4]},"
                      + "{'name':'obj_ids','datatype':'INT64','shape':[-1]},"
                      + "{'name':'obj_probs','datatype':'FP32','shape':[-1]},"
                      + "{'name':'attr_ids','datatype':'INT64','shape':[-1]},"
                      + "{'name':'attr_probs','datatype':'FP32','shape':[-1]},"
                      + "{'name':'image_size','datatype':'INT64','shape':[2]}]}")
                  .formatted(detection.features().dim())
                  .replace('\'', '"'));
    }
  }

  @Test
  void samePictureIsSeenOnce() {
    HttpResponse<byte[]> first = post("{'inputs':[%]}");
    String before = service.get("/metrics").body();
    assertThat(post("{'inputs':[%]}").body()).isEqualTo(first.body());
    String count = "visualbert_detections_total{detector=\"detector\",result=\"done\"} ";
    assertThat(line(service.get("/metrics").body(), count)).isEqualTo(line(before, count));
  }

  private static String line(String metrics, String begin) {
    return metrics.lines().filter(line -> line.startsWith(begin)).findFirst().orElseThrow();
  }

  @Test
  void detectorOfTheCommandLineIsServedUnderItsNameAndTheAlias(@TempDir Path folder) {
    Service.Settings settings =
        new Service.Settings(
            List.of(ServiceFixture.DEMO.resolve("vqa")),
            Cli.copy(DETECTOR, folder.resolve("eyes")),
            InetAddress.getLoopbackAddress(),
            0,
            4,
            1 << 20,
            null,
            null);
    try (ServiceFixture own = ServiceFixture.start(settings)) {
      for (String name : List.of("eyes", "detector")) {
        assertThat(own.get("/v2/models/" + name + "/ready").body()).contains(name);
        HttpResponse<byte[]> reply =
            own.sendForBytes(
                own.request("/v2/models/" + name + "/infer", HEADER, "0")
                    .POST(BodyPublishers.ofByteArray(PICTURE))
                    .build());
        assertThat(tensors(reply)).isEqualTo(expected());
        assertThat(new String(reply.body(), StandardCharsets.ISO_8859_1))
            .startsWith("{\"model_name\":\"" + name + "\"");
      }
    }
    try (ServiceFixture none = ServiceFixture.start("vqa")) {
      assertThat(none.get("/v2/models/detector").body()).contains("there are: none");
    }
  }
}
