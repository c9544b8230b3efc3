package io.github.visualbert.cli;

import static io.github.visualbert.cli.VcrFiles.IMAGES;
import static io.github.visualbert.cli.VcrFiles.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands beside {@code run} say of VCR's tower. */
class TowerCommandsTest {
  @TempDir private Path folder;

  /** They report the tower, alone and beside its model, and do not take it for a detector. */
  @Test
  void otherCommandsKnowTheTower() throws IOException {
    String text = Cli.run("inspect", MODEL).answer();
    assertThat(text)
        .containsPattern("model +VisualBertForMultipleChoice")
        .containsPattern(
            "tower +vcr: ResNet of 3 \\+ 4 \\+ 6 \\+ 3 blocks, 16 channels of features")
        .containsPattern("fits +yes");
    JsonObject json =
        (JsonObject) Json.parse(Cli.run("inspect", MODEL, "--format", "json").answer());
    assertThat(json.getObject("tower").getString("kind")).isEqualTo("vcr");
    assertThat(json.getObject("tower").getInt("columns")).isEqualTo(16);
    Path alone = folder.resolve("alone");
    Files.createDirectories(alone);
    VcrFiles.copyWithout(alone.resolve("model.safetensors"), "bert.");
    assertThat(Cli.run("inspect", alone).answer()).containsPattern("tower +vcr: ResNet of 3");
    Path broken = folder.resolve("broken");
    Files.createDirectories(broken);
    VcrFiles.copyWithout(broken.resolve("model.safetensors"), "detector.mask");
    Cli.Result misfit = Cli.run("inspect", broken); // nor is there a config.json
    assertThat(misfit.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    assertThat(misfit.err()).contains("2 missing: detector.mask_upsample.weight");
    Cli.write(broken.resolve("config.json"), Cli.read(MODEL.resolve("config.json")));
    assertThat(Cli.run("inspect", broken).answer()) // the model answers through another tower
        .containsPattern("tower +.*does not fit the detector: .*2 missing: detector.mask_upsample");
    assertThat(Cli.run("doctor", "--detector", alone).answer())
        .containsPattern("tower +vcr: ResNet of 3")
        .contains("beside the weights for a picture with 10 regions");
    json =
        (JsonObject)
            Json.parse(Cli.run("doctor", "--detector", MODEL, "--format", "json").answer());
    assertThat(json.getObject("detector").getObject("memory").getLong("bytes")).isPositive();

    for (Path tower : List.of(alone, MODEL)) {
      assertThat(
              Cli.run("detect", "--detector", tower, "--image", IMAGES.resolve("film_d/desk.png"))
                  .refusal(ExitCode.BAD_MODEL))
          .endsWith(
              tower
                  + ": holds VCR's tower, which looks at given regions instead of finding some:"
                  + " open it with VcrTower, or answer VCR's annotations with run --task vcr"
                  + " --images DIR");
    }
  }
}
