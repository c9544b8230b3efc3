package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/** A client of the Open Inference Protocol, which asks for the regions of one picture. */
final class InferenceClient {
  static final String INFER = "/v2/models/detector/infer";
  static final String HEADER = "Inference-Header-Content-Length";
  static final Path DETECTOR = ServiceFixture.DEMO.resolve("detector");
  static final Path FILE = ServiceFixture.DEMO.resolve("regions/wide.png");
  static final byte[] PICTURE = read(FILE);

  /** The input without its data. */
  static final String IMAGE = "'name':'image','shape':[1],'datatype':'BYTES'";

  static final String BINARY =
      "{" + IMAGE + ",'parameters':{'binary_data_size':" + (PICTURE.length + 4) + "}}";

  private final ServiceFixture service;

  InferenceClient(ServiceFixture service) {
    this.service = service;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Completes the form of a request: % is an input in JSON, # one in bytes, @ the picture. */
  private static String json(String form) {
    return form.replace("%", "{" + IMAGE + ",'data':['@']}")
        .replace("@", ServiceFixture.picture(FILE))
        .replace("#", BINARY)
        .replace('\'', '"');
  }

  /** Sends JSON. */
  HttpResponse<byte[]> post(String form) {
    return service.sendForBytes(
        service
            .request(INFER, "Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json(form)))
            .build());
  }

  /** Sends JSON with the picture behind it. */
  HttpResponse<byte[]> sendBinary(String form, String header, byte[]... blocks) {
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

  static byte[] block(int length, byte[] bytes) {
    ByteBuffer block = ByteBuffer.allocate(4 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    return block.putInt(length).put(bytes).array();
  }

  static byte[] block() {
    return block(PICTURE.length, PICTURE);
  }

  /** Returns the tensors of an answer as bytes, in their order. */
  static Map<String, String> tensors(HttpResponse<byte[]> reply) {
    assertThat(reply.statusCode())
        .as(new String(reply.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    int at = reply.headers().firstValue(HEADER).map(Integer::parseInt).orElse(reply.body().length);
    JsonObject json = Json.parseObject(Arrays.copyOf(reply.body(), at));
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
  static Map<String, String> expected(Detection detection) {
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
}
