package io.github.visualbert.cli.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.console.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    return regions(detector, SCENE);
  }

  private static String regions(Path detector, Path picture) {
    return Cli.run(
            "detect",
            "--provider",
            "scalar",
            "--detector",
            detector,
            "--image",
            picture,
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

  /** The published files of each kind alone, and what is made of them: the same bits. */
  @ParameterizedTest
  @CsvSource({
    "butd_few, 14, objects_vocab.txt",
    "pythia_small, 11, visual_genome_categories.json",
    "pythia_r152, 0, ''",
    "mask_rcnn_small, 10, objects_vocab.txt",
    "mask_rcnn_levels, 0, ''",
  })
  void everyKindSeesTheSame(String name, int classes, String labels) throws IOException {
    Path golden = Cli.GOLDENS.resolve("detectors/cases").resolve(name);
    Path files = Files.createDirectory(folder.resolve("files"));
    try (Stream<Path> all = Files.list(golden)) {
      for (Path file : all.filter(f -> f.toString().matches(".*\\.(yaml|bin|pth|pkl)")).toList()) {
        Files.copy(file, files.resolve(file.getFileName()));
      }
    }
    assertThat(files.toFile().list()).hasSize(2);
    if (labels.endsWith(".txt")) {
      Cli.write(files.resolve(labels), "thing, one\n".repeat(classes));
    } else if (labels.endsWith(".json")) {
      Cli.write(
          files.resolve(labels),
          IntStream.rangeClosed(1, classes)
              .mapToObj(i -> "\"%d\": \"thing\"".formatted(i))
              .collect(Collectors.joining(", ", "{", "}")));
    }
    Path target = folder.resolve("converted");
    assertThat(Cli.run("convert", files, target).answer()).startsWith(target + ": ");
    List<String> expected = new ArrayList<>(List.of("config.json", "model.safetensors"));
    if (!labels.isEmpty()) {
      expected.add(labels);
    }
    assertThat(target.toFile().list()).containsExactlyInAnyOrderElementsOf(expected);
    Path picture = golden.resolve("image.png");
    String seen = regions(files, picture);
    assertThat(regions(target, picture)).isEqualTo(seen);
    assertThat(seen.contains("\"object\":\"thing\"")).isEqualTo(!labels.isEmpty());
    assertThat(features(target, picture)).isEqualTo(features(files, picture));
    for (Path each : new Path[] {files, target}) {
      assertThat(Cli.run("inspect", each).answer())
          .containsPattern("fits +yes")
          .containsPattern("labels +" + (labels.isEmpty() ? "none" : classes + " objects"));
      assertThat(Cli.run("doctor", "--detector", each, "--format", "json").answer())
          .contains("\"kind\":\"" + name.substring(0, name.lastIndexOf('_')) + "\"")
          .containsPattern("\"bytes\":[1-9]");
    }
  }

  private byte[] features(Path detector, Path picture) throws IOException {
    Path file = folder.resolve("features.npy");
    Cli.run(
            "detect",
            "--provider",
            "scalar",
            "--detector",
            detector,
            "--image",
            picture,
            "--output",
            file)
        .answer();
    byte[] features = Files.readAllBytes(file);
    Files.delete(file);
    return features;
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
