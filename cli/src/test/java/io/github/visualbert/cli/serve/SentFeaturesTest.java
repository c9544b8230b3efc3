package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.TinyModel;
import io.github.visualbert.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features that a client computed, which may be another detector's than the model's. */
class SentFeaturesTest {
  @TempDir private Path folder;

  private static String ask(ServiceFixture service, int columns) {
    return new FormBody()
        .field("question", "what is there?")
        .features(36, columns, -0.5f)
        .send(service)
        .body();
  }

  private static List<String> warnings(ServiceFixture service) {
    return service.log().lines().filter(line -> line.contains("\"event\":\"warning\"")).toList();
  }

  @Test
  void operatorsAreWarnedOnceForEachModel() throws Exception {
    Path model = TinyModel.write(folder.resolve("tiny"), DType.F32); // as if trained for VQA 2.0
    try (ServiceFixture service = ServiceFixture.start(model.toString())) {
      assertThat(ask(service, TinyModel.REGION_NUMBERS)).contains("\"answers\"");
      assertThat(ask(service, TinyModel.REGION_NUMBERS)).contains("\"answers\"");
      assertThat(warnings(service))
          .singleElement()
          .asString()
          .contains("\"detail\":\"tiny: features: has negative numbers (36 regions of 2048 columns")
          .contains("trained on features of a ResNeXt-FPN detector");
      service.service().reload();
      assertThat(ask(service, TinyModel.REGION_NUMBERS)).contains("\"answers\"");
      assertThat(warnings(service)).hasSize(2);
    }
  }

  @Test
  void aProblemWithThemNamesThePart() throws Exception {
    Path model = TinyModel.write(folder.resolve("tiny"), DType.F32);
    try (ServiceFixture service = ServiceFixture.start(model.toString(), "vqa")) {
      assertThat(ask(service, 7))
          .contains("\"detail\":\"features: visual_embeds has 7 columns, the model's")
          .contains("it was trained on features of");
      assertThat(warnings(service)).isEmpty();
    }
  }
}
