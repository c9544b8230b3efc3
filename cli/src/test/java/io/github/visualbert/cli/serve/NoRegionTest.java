package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each door says of a picture in which the detector finds nothing. */
class NoRegionTest {
  private static final String INFER = "/v2/models/strict/infer";

  @Test
  void isAnEmptyTensorForSomeAndAProblemForOthers(@TempDir Path folder) throws IOException {
    Path strict = Cli.copy(ServiceFixture.DEMO.resolve("detector"), folder.resolve("strict"));
    Path config = strict.resolve("config.json");
    Cli.write(config, Cli.read(config).replace("\"min_size\": 0", "\"min_size\": 320"));
    Service.Settings settings =
        new Service.Settings(
            List.of(ServiceFixture.DEMO.resolve("vqa-regions")),
            strict,
            InetAddress.getLoopbackAddress(),
            0,
            4,
            1 << 20,
            null,
            null);
    try (ServiceFixture service = ServiceFixture.start(settings)) {
      String input =
          "{\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"%s\"]}]}";
      HttpResponse<String> json = service.post(INFER, input.formatted(ServiceFixture.picture()));
      assertThat(json.statusCode()).as(json.body()).isEqualTo(200);
      assertThat(json.body())
          .contains("{\"name\":\"boxes\",\"datatype\":\"FP32\",\"shape\":[0,4],\"data\":[]}")
          .contains("{\"name\":\"obj_ids\",\"datatype\":\"INT64\",\"shape\":[0],\"data\":[]}")
          .contains("\"name\":\"image_size\",\"datatype\":\"INT64\",\"shape\":[2],\"data\":[224,");
      HttpResponse<String> raw =
          service.send(
              service
                  .request(INFER, "Inference-Header-Content-Length", "0")
                  .POST(BodyPublishers.ofByteArray(Files.readAllBytes(ServiceFixture.PICTURE)))
                  .build());
      assertThat(raw.body())
          .contains("\"name\":\"features\",\"datatype\":\"FP32\",\"shape\":[0,")
          .contains("\"binary_data_size\":0");
      assertThat(service.post(INFER, input.formatted("aGVsbG8=")).body())
          .startsWith("{\"error\":\"inputs/0/data/0: expected a PNG or JPEG");
      HttpResponse<String> answer =
          service.post(
              "/v1/answers",
              "{\"question\":\"what?\",\"image\":\"%s\"}".formatted(ServiceFixture.picture()));
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("finds no region in this picture of 224 x 224 pixels");
    }
  }
}
