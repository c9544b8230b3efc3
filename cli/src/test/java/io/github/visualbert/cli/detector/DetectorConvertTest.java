package io.github.visualbert.cli.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code convert} and {@code inspect} of a published detector's folder. */
class DetectorConvertTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata")).resolve("demo");
  private static final Path SCENE = DEMO.resolve("images/scene-1.png");

  @TempDir private Path folder;
  private Path published;

  @BeforeEach
  void publish() throws IOException {
    published = Files.createDirectory(folder.resolve("published"));
    for (String name :
        new String[] {
          "config.yaml", "pytorch_model.bin", "objects_vocab.txt", "attributes_vocab.txt"
        }) {
      Files.copy(DEMO.resolve("detector").resolve(name), published.resolve(name));
    }
  }

  private static String regions(Path detector) {
    return Cli.run(
            "detect",
            "--provider",
            "scalar",
            "--detector",
            detector,
            "--image",
            SCENE,
            "--format",
            "json")
        .answer();
  }

  @Test
  void theNewFolderSeesTheSame() {
    Path target = folder.resolve("new");
    assertThat(Cli.run("convert", published, target).answer())
        .startsWith(target + ": 334 tensors, ");
    assertThat(target.toFile().list())
        .containsExactlyInAnyOrder(
            "config.json", "model.safetensors", "objects_vocab.txt", "attributes_vocab.txt");
    assertThat(regions(target)).isEqualTo(regions(published));
  }

  @Test
  void halfPrecisionKeepsTheAnchors() {
    Path target = folder.resolve("half");
    Cli.run("convert", published, target, "--dtype", "f16").answer();
    assertThat(Cli.run("inspect", target).answer())
        .contains("cell_anchors.0")
        .containsPattern("cell_anchors.0 +F32")
        .containsPattern("stem.conv1.weight +F16")
        .contains("7 objects, 16 attributes")
        .containsPattern("fits +yes");
    assertThat(regions(target)).isEqualTo(regions(DEMO.resolve("detector"))); // which is F16
  }

  @Test
  void whatDoesNotFitIsNotConverted() throws IOException {
    Path config = published.resolve("config.yaml");
    Files.writeString(
        config, Files.readString(config).replace("stem_out_channels: 14", "stem_out_channels: 15"));
    Path target = folder.resolve("new");
    assertThat(Cli.run("convert", published, target).refusal(ExitCode.BAD_MODEL))
        .contains("stem_out_channels");
    assertThat(target).doesNotExist();
    Cli.Result inspected = Cli.run("inspect", published);
    assertThat(inspected.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    assertThat(inspected.out()).containsPattern("fits +no");
    assertThat(inspected.err()).contains("stem_out_channels").hasLineCount(1);
  }

  @Test
  void namesOfAnswersAreNoDetectors() {
    assertThat(
            Cli.run("convert", published, folder.resolve("new"), "--labels", SCENE)
                .refusal(ExitCode.USAGE))
        .contains("--labels and --vocab are of language models");
  }

  @Test
  void doctorStatesTheMemoryOfAPicture() {
    assertThat(Cli.run("doctor", "--detector", published).answer())
        .contains("beside the weights for a picture of 640 x 480");
    assertThat(Cli.run("doctor", "--detector", published, "--format", "json").answer())
        .contains("\"detector\":{\"folder\":")
        .contains("\"kind\":\"butd\"");
  }
}
