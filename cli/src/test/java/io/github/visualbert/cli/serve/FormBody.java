package io.github.visualbert.cli.serve;

import io.github.visualbert.cli.file.NpyBytes;
import io.github.visualbert.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A {@code multipart/form-data} request to the service's own door. */
final class FormBody {
  static final String TYPE = "multipart/form-data; boundary=b";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  FormBody field(String name, String text) {
    return part("name=\"" + name + "\"", text.getBytes(StandardCharsets.UTF_8));
  }

  FormBody file(String name, String fileName, byte[] content) {
    return part("name=\"%s\"; filename=\"%s\"".formatted(name, fileName), content);
  }

  /** Adds regions whose numbers are all the same. */
  FormBody features(int regions, int columns, float value) {
    float[] rows = new float[regions * columns];
    Arrays.fill(rows, value);
    return file("features", "a.npy", NpyBytes.of(Tensor.of(rows, regions, columns)));
  }

  private FormBody part(String name, byte[] content) {
    bytes.writeBytes(
        ("--b\r\nContent-Disposition: form-data; " + name + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(content);
    bytes.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    return this;
  }

  byte[] toBytes() {
    bytes.writeBytes("--b--\r\n".getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  HttpResponse<String> send(ServiceFixture service) {
    return service.send(
        service
            .request("/v1/answers", "Content-Type", TYPE)
            .POST(BodyPublishers.ofByteArray(toBytes()))
            .build());
  }
}
