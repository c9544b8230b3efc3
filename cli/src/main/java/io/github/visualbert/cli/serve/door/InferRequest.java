package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.model.SentPicture;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request for the regions of a picture.
 *
 * @param id given back, or null
 * @param outputs in the order of the answer
 */
record InferRequest(JsonValue id, SentPicture picture, List<Output> outputs) {
  static final String INPUT = "image";
  static final String DATATYPE = "BYTES";

  private static final JsonObject NONE = Json.object(Map.of());

  /** A tensor that is wanted, as JSON or as bytes. */
  record Output(RegionTensor tensor, boolean binary) {}

  /**
   * Reads a request: JSON, JSON with binary tensors, or in Triton's raw form the picture alone.
   *
   * @throws Problem when it is invalid
   */
  static InferRequest read(Exchange exchange, RegionDetector detector) {
    BinaryBody body = BinaryBody.read(exchange);
    if (body.isRaw()) {
      return new InferRequest(
          null, SentPicture.of(body.bytes(), INPUT), all(RegionTensor.of(detector), true));
    }
    JsonObject json = body.json();
    SentPicture picture = picture(json, body);
    body.requireEnd();
    boolean binary =
        Fields.flag(parameters(json, ""), "binary_data_output", "/parameters/binary_data_output");
    return new InferRequest(
        json.get("id"), picture, outputs(json, RegionTensor.of(detector), binary));
  }

  private static SentPicture picture(JsonObject json, BinaryBody body) {
    JsonArray inputs = array(json, "inputs");
    if (inputs.size() == 0) {
      throw Problem.ofField(Code.PICTURE_MISSING, "/inputs", "expected the input image");
    }
    SentPicture picture = null;
    for (int i = 0; i < inputs.size(); i++) {
      String pointer = "/inputs/" + i;
      JsonObject input = object(inputs, i, pointer);
      String name = Fields.text(input, "name", pointer + "/name");
      if (!INPUT.equals(name) || picture != null) {
        throw InferenceDoor.wrong(
            pointer,
            "expected one input, image, found " + (name == null ? "no name" : Problem.quote(name)));
      }
      picture = picture(input, pointer, body);
    }
    return picture;
  }

  private static SentPicture picture(JsonObject input, String pointer, BinaryBody body) {
    if (!DATATYPE.equals(Fields.text(input, "datatype", pointer + "/datatype"))) {
      throw InferenceDoor.wrong(pointer + "/datatype", "expected BYTES");
    }
    if (!(input.get("shape") instanceof JsonArray shape
        && shape.size() == 1
        && shape.get(0) instanceof JsonValue.Int(long one)
        && one == 1)) {
      throw InferenceDoor.wrong(pointer + "/shape", "expected [1]");
    }
    JsonObject parameters = parameters(input, pointer);
    requireKnown(parameters, "binary_data_size", pointer);
    if (!parameters.has("binary_data_size")) {
      if (!(input.get("data") instanceof JsonArray data
          && data.size() == 1
          && data.get(0) instanceof JsonValue.Text(String base64))) {
        throw InferenceDoor.wrong(
            pointer + "/data", "expected an array of one string, the picture in base64");
      }
      return Base64Picture.of(base64, pointer + "/data/0");
    }
    if (input.has("data")) {
      throw InferenceDoor.wrong(pointer, "expected data or binary_data_size, found both");
    }
    if (!(parameters.get("binary_data_size") instanceof JsonValue.Int(long size))) {
      throw InferenceDoor.wrong(pointer + "/parameters/binary_data_size", "expected an integer");
    }
    return SentPicture.of(body.takeElement(size, pointer), INPUT);
  }

  private static List<Output> outputs(JsonObject json, List<RegionTensor> known, boolean binary) {
    List<Output> outputs = new ArrayList<>();
    if (json.has("outputs")) {
      JsonArray wanted = array(json, "outputs");
      for (int i = 0; i < wanted.size(); i++) {
        outputs.add(output(object(wanted, i, "/outputs/" + i), "/outputs/" + i, known, binary));
      }
      if (outputs.stream().map(Output::tensor).distinct().count() < outputs.size()) {
        throw InferenceDoor.wrong("/outputs", "one is asked for twice");
      }
    }
    return outputs.isEmpty() ? all(known, binary) : outputs;
  }

  private static Output output(
      JsonObject output, String pointer, List<RegionTensor> known, boolean binary) {
    String name = Fields.text(output, "name", pointer + "/name");
    RegionTensor tensor =
        known.stream()
            .filter(each -> each.toString().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    InferenceDoor.wrong(
                        pointer,
                        "there is no output %s, expected one of %s"
                            .formatted(
                                name == null ? "without a name" : Problem.quote(name), known)));
    JsonObject parameters = parameters(output, pointer);
    requireKnown(parameters, "binary_data", pointer);
    return new Output(
        tensor,
        parameters.has("binary_data")
            ? Fields.flag(parameters, "binary_data", pointer + "/parameters/binary_data")
            : binary);
  }

  private static List<Output> all(List<RegionTensor> tensors, boolean binary) {
    return tensors.stream().map(each -> new Output(each, binary)).toList();
  }

  private static JsonObject parameters(JsonObject json, String pointer) {
    if (!json.has("parameters")) {
      return NONE;
    }
    if (json.get("parameters") instanceof JsonObject parameters) {
      return parameters;
    }
    throw Fields.wrong(json, "parameters", pointer + "/parameters", "an object");
  }

  /** Refuses parameters of a tensor that would change its meaning, such as shared memory. */
  private static void requireKnown(JsonObject parameters, String known, String pointer) {
    Set<String> all = Set.of(known, "content_type");
    for (String name : parameters.keys()) {
      if (!all.contains(name)) {
        throw Problem.ofField(
            Code.FIELD_UNKNOWN,
            pointer + "/parameters/" + name,
            "%s: there is no parameter %s, expected %s%s"
                .formatted(
                    pointer.substring(1),
                    Problem.quote(name),
                    known,
                    name.startsWith("shared_memory") ? "; memory is not shared" : ""));
      }
    }
  }

  private static JsonArray array(JsonObject json, String name) {
    if (!json.has(name)) {
      throw Problem.ofField(Code.FIELD_MISSING, "/" + name, name + ": expected an array");
    }
    if (json.get(name) instanceof JsonArray array) {
      return array;
    }
    throw Fields.wrong(json, name, "/" + name, "an array");
  }

  private static JsonObject object(JsonArray array, int index, String pointer) {
    if (array.get(index) instanceof JsonObject object) {
      return object;
    }
    throw InferenceDoor.wrong(pointer, "expected a tensor, found " + array.get(index).describe());
  }
}
