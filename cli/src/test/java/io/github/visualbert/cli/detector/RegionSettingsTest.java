package io.github.visualbert.cli.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.TinyDetector;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.vision.FeatureOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many regions a model takes through a detector. */
class RegionSettingsTest {
  private static final Optional<FeatureOrigin> FLICKR =
      Optional.of(FeatureOrigin.BOTTOM_UP_WITH_BOXES);

  @TempDir private Path folder;

  /** Returns the fewest and the most regions. */
  private String regions(Path model, Path detector, Optional<FeatureOrigin> trainedOn) {
    try (RegionDetector opened =
        RegionSettings.of(model, detector, trainedOn).orElseThrow().builder().open()) {
      return opened.minDetections() + " to " + opened.maxDetections();
    }
  }

  @Test
  void theModelComesFirstThenItsAuthorsThenTheDetector() throws IOException {
    Path butd = TinyDetector.publish("butd_small", folder);
    Path maskRcnn = TinyDetector.publish("mask_rcnn_small", folder);
    Path pythia = TinyDetector.publish("pythia_small", folder);
    Path model = Files.createDirectory(folder.resolve("model"));
    String own = regions(model, butd, Optional.empty());
    assertThat(own).isNotEqualTo("10 to 100");
    assertThat(regions(model, butd, FLICKR)).isEqualTo("10 to 100");
    assertThat(regions(model, maskRcnn, Optional.of(FeatureOrigin.MASK_RCNN)))
        .isEqualTo("150 to 150");
    assertThat(regions(model, pythia, Optional.of(FeatureOrigin.RESNEXT_FPN))).endsWith(" to 100");
    Cli.write(
        model.resolve("preprocessor_config.json"),
        "{\"image_processor_type\": \"RegionFeatures\", \"detector\": \"../butd_small\"}");
    assertThat(regions(model, null, FLICKR)).isEqualTo(own);
    assertThat(regions(model, butd, FLICKR)).isEqualTo("10 to 100");
    Cli.write(
        model.resolve("preprocessor_config.json"),
        "{\"image_processor_type\": \"RegionFeatures\", \"detector\": \"../butd_small\","
            + " \"min_detections\": 2, \"max_detections\": 3}");
    assertThat(regions(model, butd, FLICKR)).isEqualTo("2 to 3");
  }
}
