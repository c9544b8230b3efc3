package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector of which models want other numbers of regions than it says itself. */
class DetectorSettingsTest {
  @Test
  void eachModelGetsItsNumberAndTheDetectorsOwnDoorItsOwn(@TempDir Path folder) {
    Path detector = Cli.copy(ServiceFixture.DEMO.resolve("detector"), folder.resolve("detector"));
    Path few = Cli.copy(ServiceFixture.DEMO.resolve("vqa-regions"), folder.resolve("few"));
    Path many = Cli.copy(ServiceFixture.DEMO.resolve("vqa-regions"), folder.resolve("many"));
    Path settings = few.resolve("preprocessor_config.json");
    Cli.write(
        settings,
        Cli.read(settings)
            .replace("\"min_detections\": 6", "\"min_detections\": 2")
            .replace("\"max_detections\": 16", "\"max_detections\": 2"));
    int own;
    try (RegionDetector alone = RegionDetector.open(detector)) {
      own = alone.detect(ServiceFixture.PICTURE).regions().size();
    }
    assertThat(own).isGreaterThan(2);
    try (ServiceFixture service = ServiceFixture.start(few.toString(), many.toString())) {
      String question =
          "{\"model\":\"%s\",\"question\":\"what?\",\"image\":\"%s\",\"regions\":true}";
      for (String model : new String[] {"few", "many", "few"}) {
        String reply =
            service.post("/v1/answers", question.formatted(model, ServiceFixture.picture())).body();
        assertThat(reply.split("\"box\"")).hasSize(1 + (model.equals("few") ? 2 : own));
      }
      String infer =
          "{\"inputs\":[{\"name\":\"image\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"%s\"]}],\"outputs\":[{\"name\":\"boxes\"}]}";
      assertThat(
              service
                  .post("/v2/models/detector/infer", infer.formatted(ServiceFixture.picture()))
                  .body())
          .contains("\"shape\":[" + own + ",4]");
    }
  }

  @Test
  void regionsAreThoseThatTheModelReads(@TempDir Path folder) {
    Cli.copy(ServiceFixture.DEMO.resolve("detector"), folder.resolve("detector"));
    Path all = Cli.copy(ServiceFixture.DEMO.resolve("vqa-regions"), folder.resolve("all"));
    Path first = Cli.copy(ServiceFixture.DEMO.resolve("vqa-regions"), folder.resolve("first"));
    Path settings = first.resolve("preprocessor_config.json");
    Cli.write(settings, Cli.read(settings).replaceFirst("\\{", "{\"max_regions\": 3,"));
    try (ServiceFixture service = ServiceFixture.start(all.toString(), first.toString())) {
      String question =
          "{\"model\":\"%s\",\"question\":\"what?\",\"image\":\"%s\",\"regions\":true}";
      List<String> seen =
          regions(service.post("/v1/answers", question.formatted("all", ServiceFixture.picture())));
      List<String> read =
          regions(
              service.post("/v1/answers", question.formatted("first", ServiceFixture.picture())));
      assertThat(seen).hasSizeGreaterThan(3);
      assertThat(read).isEqualTo(seen.subList(0, 3));
    }
  }

  private static List<String> regions(HttpResponse<String> reply) {
    JsonObject json = Json.parseObject(reply.body().getBytes(StandardCharsets.UTF_8));
    List<String> regions = new ArrayList<>();
    for (JsonValue each : json.getArray("pictures").getObject(0).getArray("regions")) {
      regions.add(new JsonWriter().value(each).toString());
    }
    return regions;
  }
}
