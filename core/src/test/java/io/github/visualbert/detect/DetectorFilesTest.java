package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A detector's folder with something wrong in it is refused in one line. */
class DetectorFilesTest {
  @TempDir private Path folder;

  private void assertRefused(
      UnaryOperator<String> config,
      Consumer<Map<String, Tensor>> weights,
      Kind kind,
      String... messages) {
    SpoiltDetector.write(folder, config, weights);
    assertThatThrownBy(() -> RegionDetector.open(folder).close())
        .isInstanceOfSatisfying(
            ModelException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.getMessage())
                  .startsWith(folder.toString())
                  .contains(messages)
                  .doesNotContain("\n");
            });
  }

  private void assertMisfit(Consumer<Map<String, Tensor>> weights, String... messages) {
    assertRefused(config -> config, weights, Kind.MISMATCH, messages);
  }

  @Test
  void everyTensorThatDoesNotFitIsNamedAtOnce() {
    assertMisfit(
        tensors -> {
          tensors.remove("backbone.res3.2.conv2.weight");
          tensors.remove("roi_heads.box_predictor.cls_score.bias");
          tensors.put("backbone.res5.0.conv1.weight", Tensor.of(new float[1], 1));
          tensors.put("backbone.res2.0.conv1.norm.bias", Tensor.of(new float[8], 8));
          tensors.put("backbone.res2.0.conv2.norm.bias", Tensor.of(new long[7], 7));
        },
        "does not fit the detector: 2 missing: ",
        "backbone.res3.2.conv2.weight [14, 14, 3, 3]",
        "roi_heads.box_predictor.cls_score.bias [8]",
        "1 unexpected: \"backbone.res5.0.conv1.weight\"",
        "2 of another shape or kind: ",
        "backbone.res2.0.conv1.norm.bias expected [7], found [8]",
        "backbone.res2.0.conv2.norm.bias expected floating-point numbers, found I64");
  }

  @Test
  void aLongListOfTensorsIsCutAndCounted() {
    assertMisfit(
        Map::clear, " missing: ", ", and ", " more", "backbone.stem.conv1.weight [14, 3, 7, 7]");
    assertMisfit(
        tensors -> {
          for (int i = 0; i < 20; i++) {
            tensors.put("extra" + i, Tensor.of(new float[1], 1));
          }
        },
        "20 unexpected: \"extra0\"",
        ", and 12 more");
  }

  /** A number that is not the one of a block which follows the others is a tensor too many. */
  @Test
  void blocksAreNumberedFromZero() {
    assertMisfit(
        tensors -> {
          for (String name : List.copyOf(tensors.keySet())) {
            if (name.startsWith("backbone.res4.5.")) {
              tensors.put(name.replace(".5.", ".1000000000000."), tensors.remove(name));
            }
          }
        },
        "backbone.res4.5.conv1.weight",
        "\"backbone.res4.1000000000000.conv1.weight\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"depth\": 50 | \"depth\": 101 | depth of the configuration means 23 blocks in"
            + " backbone.res4, the weights have 6",
        "\"num_classes\": 7 | \"num_classes\": 8 | num_classes of the configuration means 8"
            + " classes without background, the weights have 7",
        "\"num_attrs\": 16 | \"num_attrs\": 15 | num_attrs of the configuration means 15",
        "\"hidden_channels\": 56 | \"hidden_channels\": 57 | hidden_channels of the configuration"
            + " means 57",
        "\"hidden_channels\": 56 | \"hidden_channels\": -1 | hidden_channels of the configuration"
            + " means 112",
        "\"stem_out_channels\": 14 | \"stem_out_channels\": 64 | means 64 channels of the stem, the"
            + " weights have 14",
        "\"res2_out_channels\": 28 | \"res2_out_channels\": 29 | means 29 channels of"
            + " backbone.res2",
        "\"width_per_group\": 7 | \"width_per_group\": 8 | means 8 inner channels of backbone.res2",
        "\"num_groups\": 1 | \"num_groups\": 7 | num_groups x width_per_group",
        "40, | 40, 48, | cell_anchors.0 expected [15, 4], found [12, 4]",
      })
  void aConfigurationThatContradictsTheWeights(String from, String to, String message) {
    assertThat(SpoiltDetector.config()).contains(from);
    assertRefused(config -> config.replace(from, to), unused -> {}, Kind.MISMATCH, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"depth\": 50 | \"depth\": 51 | resnets.depth: expected 50, 101 or 152, found 51",
        "\"format\": \"BGR\" | \"format\": \"RGB\" | input.format: expected \"BGR\", found \"RGB\"",
        "\"size_divisibility\": 0 | \"size_divisibility\": 32 | size_divisibility: expected 0,"
            + " found 32",
        "\"offset\": 0.0 | \"offset\": 1.0 | anchor_generator.offset: expected a number from 0",
        "\"max_detections\": 16 | \"max_detections\": 5 | min_detections: expected a whole number"
            + " from 0 to 5, found 6",
        "\"max_detections\": 16 | \"max_detections\": 5000 | max_detections: expected a whole"
            + " number from 1 to 4096, found 5000",
        "\"max_detections\": 16 | \"max_detections\": 2.5 | max_detections: expected a whole"
            + " number",
        "\"max_size_test\": 533 | \"max_size_test\": 0 | input.max_size_test: expected a whole"
            + " number from 1 to 4096, found 0",
        "\"pooler_resolution\": 7 | \"pooler\": 7 | roi_box_head.pooler_resolution: expected a"
            + " number, found nothing",
        "\"res4\" | \"res5\" | resnets.out_features: expected [\"res4\"]",
        "\"rpn\": { | \"rpn\": 7, \"x\": { | rpn: expected an object, found 7",
        "0.9 | \"0.9\" | roi_heads.nms_thresh_test[6]: expected a number",
        "0.9 | 1.9 | roi_heads.nms_thresh_test[6]: expected a number from 0 to 1, found 1.9",
        "10.0 | -10.0 | roi_box_head.bbox_reg_weights: expected 4 positive numbers",
        "\"resnets\" | \"nets\" | expected the configuration of a detector, with sections resnets",
      })
  void aConfigurationThatSaysWhatNoDetectorDoes(String from, String to, String message) {
    assertThat(SpoiltDetector.config()).contains(from);
    assertThatThrownBy(
            () ->
                RegionDetector.builder(SpoiltDetector.DEMO)
                    .configuration(SpoiltDetector.config().replace(from, to), "config.yaml")
                    .open())
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("config.yaml: ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  /** The published file has keys in lower case, the code that reads it asks for both. */
  @Test
  void keysMayBeInUpperCase() {
    String upper =
        Pattern.compile("\"[a-z0-9_]+\":")
            .matcher(SpoiltDetector.config())
            .replaceAll(key -> key.group().toUpperCase(Locale.ROOT));
    assertThat(upper).contains("\"RPN\":", "\"NMS_THRESH_TEST\":");
    try (RegionDetector detector =
        RegionDetector.builder(SpoiltDetector.DEMO).configuration(upper, "upper.yaml").open()) {
      assertThat(detector.maxDetections()).isEqualTo(16);
    }
  }

  @Test
  void aKindIsRunByItsName() {
    for (DetectorKind kind : DetectorKind.values()) {
      assertThat(DetectorKind.of(kind.kindName())).isEqualTo(kind);
    }
    assertThatThrownBy(() -> DetectorKind.of("BUTD"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown detector \"BUTD\", expected one of butd, pythia, mask_rcnn, vcr");
    assertThatThrownBy(
            () -> RegionDetector.builder(SpoiltDetector.DEMO).kind(DetectorKind.VCR).open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            ": vcr looks at given regions instead of finding some: open it with VcrTower");
  }

  @Test
  void aTowerIsNoDetector() {
    Path tower = TestData.ROOT.resolve("vcr");
    assertThat(VcrTower.isIn(tower)).isTrue();
    assertThat(VcrTower.isIn(SpoiltDetector.DEMO)).isFalse();
    assertThat(VcrTower.isIn(folder)).isFalse();
    assertThatThrownBy(() -> RegionDetector.open(tower))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(tower + ": holds VCR's tower, which looks at given regions")
        .hasMessageContaining("VcrTower");
  }

  @Test
  void aFolderWithoutItsFiles() throws IOException {
    assertThatThrownBy(() -> RegionDetector.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(folder.resolve("config.json").toString())
        .hasMessageContaining("found no such file");
    Files.writeString(folder.resolve("config.json"), SpoiltDetector.config());
    assertThatThrownBy(() -> RegionDetector.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void labelsAreTheFirstOfTheirSynonyms() throws IOException {
    SpoiltDetector.write(folder, config -> config, unused -> {});
    Path labels = Files.createDirectory(folder.resolve("labels"));
    Files.writeString(
        labels.resolve("objects_vocab.txt"),
        " Circle ,disc\nsquare\ntriangle\nstar\nX\nring\n,y\n");
    try (RegionDetector detector = RegionDetector.builder(folder).labels(labels).open()) {
      assertThat(detector.objectLabels())
          .containsExactly("circle", "square", "triangle", "star", "x", "ring", "");
      assertThat(detector.attributeLabels()).isEmpty();
      Region region = detector.detect(TestData.DEMO_IMAGES.resolve("scene-1.png")).regions().get(0);
      assertThat(region.object()).isEmpty(); // the seventh
      assertThat(region.attribute()).isNull();
      assertThat(region.attributeId()).isEqualTo(5);
    }
    Files.writeString(labels.resolve("objects_vocab.txt"), "circle\nsquare\n");
    assertThatThrownBy(() -> RegionDetector.builder(folder).labels(labels).open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("has 2 labels, the detector has 7");
    Files.write(labels.resolve("objects_vocab.txt"), new byte[] {'a', (byte) 0xc0, '\n'});
    assertThatThrownBy(() -> RegionDetector.builder(folder).labels(labels).open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is not UTF-8");
  }

  /** A published file without attributes, or with one box for all classes. */
  @Test
  void attributesMayBeLeftOut() {
    SpoiltDetector.write(
        folder, config -> config.replace("\"attr\": true", "\"attr\": false"), unused -> {});
    try (RegionDetector detector = RegionDetector.open(folder)) {
      Region region = detector.detect(TestData.DEMO_IMAGES.resolve("scene-1.png")).regions().get(0);
      assertThat(region.object()).isEqualTo("heart");
      assertThat(region.attributeId()).isEqualTo(-1);
      assertThat(region.attribute()).isNull();
      assertThat(region.attributeConfidence()).isZero();
    }
  }

  @Test
  void oneBoxMayServeAllClasses() {
    String layer = "roi_heads.box_predictor.bbox_pred.";
    SpoiltDetector.write(
        folder,
        config ->
            config.replace("\"cls_agnostic_bbox_reg\": false", "\"cls_agnostic_bbox_reg\": true"),
        tensors -> {
          float[] hearts = new float[4 * 224]; // those of the seventh class
          tensors.get(layer + "weight").copyTo(24 * 224, hearts, 0, hearts.length);
          float[] bias = new float[4];
          tensors.get(layer + "bias").copyTo(24, bias, 0, 4);
          tensors.put(layer + "weight", Tensor.of(hearts, 4, 224));
          tensors.put(layer + "bias", Tensor.of(bias, 4));
        });
    Path scene = TestData.DEMO_IMAGES.resolve("scene-1.png");
    try (RegionDetector detector = RegionDetector.open(folder);
        RegionDetector demo = RegionDetector.open(SpoiltDetector.DEMO)) {
      Region heart = demo.detect(scene).regions().get(0);
      assertThat(heart.object()).isEqualTo("heart");
      assertThat(detector.detect(scene).regions().get(0).x1()).isEqualTo(heart.x1());
    }
  }
}
