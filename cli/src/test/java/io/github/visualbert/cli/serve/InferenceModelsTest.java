package io.github.visualbert.cli.serve;

import static io.github.visualbert.cli.serve.InferenceClient.DETECTOR;
import static io.github.visualbert.cli.serve.InferenceClient.FILE;
import static io.github.visualbert.cli.serve.InferenceClient.HEADER;
import static io.github.visualbert.cli.serve.InferenceClient.PICTURE;
import static io.github.visualbert.cli.serve.InferenceClient.expected;
import static io.github.visualbert.cli.serve.InferenceClient.tensors;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import java.net.InetAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Open Inference Protocol says of the detectors that are served. */
class InferenceModelsTest {
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
        assertThat(tensors(reply)).isEqualTo(expected(detection));
        assertThat(new String(reply.body(), StandardCharsets.ISO_8859_1))
            .startsWith("{\"model_name\":\"" + name + "\"");
      }
    }
    try (ServiceFixture none = ServiceFixture.start("vqa")) {
      assertThat(none.get("/v2/models/detector").body()).contains("there are: none");
    }
  }
}
