package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The tensors of a detection, in JSON or behind it as bytes.
 *
 * @param name of the model, as it was asked for
 */
record InferReply(String name, InferRequest request, Detection detection, RegionDetector detector) {

  HttpReply reply() {
    JsonWriter json = new JsonWriter().beginObject().field("model_name", name);
    json.field("model_version", "1");
    if (request.id() != null) {
      json.name("id").value(request.id());
    }
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    json.name("outputs").beginArray();
    for (InferRequest.Output output : request.outputs()) {
      Tensor tensor = output.tensor().of(detection, detector);
      json.beginObject().field("name", output.tensor().toString());
      json.field("datatype", output.tensor().datatype()).field("shape", tensor.shape());
      if (output.binary()) {
        byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        json.name("parameters").beginObject().field("binary_data_size", bytes.length).endObject();
        blocks.writeBytes(bytes);
      } else {
        writeData(tensor, json);
      }
      json.endObject();
    }
    json.endArray().endObject();
    boolean binary = request.outputs().stream().anyMatch(InferRequest.Output::binary);
    return binary ? withBlocks(json.toString(), blocks) : HttpReply.json(json.toString());
  }

  private static HttpReply withBlocks(String json, ByteArrayOutputStream blocks) {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[head.length + blocks.size()];
    System.arraycopy(head, 0, body, 0, head.length);
    System.arraycopy(blocks.toByteArray(), 0, body, head.length, blocks.size());
    return new HttpReply(
        200,
        "application/octet-stream",
        Map.of(BinaryBody.HEADER, Integer.toString(head.length)),
        body);
  }

  private static void writeData(Tensor tensor, JsonWriter json) {
    json.name("data").beginArray();
    for (long i = 0; i < tensor.elementCount(); i++) {
      if (tensor.dtype() == DType.I64) {
        json.value(tensor.getLong(i));
      } else {
        json.value(tensor.getFloat(i));
      }
    }
    json.endArray();
  }
}
