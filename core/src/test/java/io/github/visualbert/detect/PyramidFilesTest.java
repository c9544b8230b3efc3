package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.tensor.Tensor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations and weights of detectors on pyramids, and what is wrong with them. */
class PyramidFilesTest {
  private static final DetectorCase PYTHIA = DetectorCase.of("pythia_small");
  private static final DetectorCase MASK_RCNN = DetectorCase.of("mask_rcnn_small");

  @TempDir private Path folder;

  private static String config(DetectorCase golden) {
    return new String(TestData.bytes(golden.folder().resolve("config.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pythia_small", "mask_rcnn_small"})
  void theConfigurationTellsTheKind(String name) {
    DetectorCase golden = DetectorCase.of(name);
    try (RegionDetector detector =
        RegionDetector.builder(golden.folder())
            .weights(golden.folder().resolve(golden.description().getString("weights")))
            .open()) {
      assertThat(detector.kind().kindName()).isEqualTo(golden.description().getString("detector"));
      assertThat(detector.maxDetections()).isEqualTo(name.startsWith("p") ? 100 : 150);
      assertThat(detector.describe()).contains("pyramid of ", "on 3 + 4 + 6 + 3 blocks");
      assertThat(detector.objectLabels()).isEmpty();
      Detection detection = detector.detect(golden.picture());
      assertThat(detection.regions()).hasSize(14).allMatch(region -> region.attributeId() == -1);
      assertThat(detection.features().regions()).isEqualTo(14);
    }
  }

  @Test
  void everyTensorThatDoesNotFitIsNamedAsItIsWritten() {
    Path pythia =
        PYTHIA.weights(
            folder,
            tensors -> {
              tensors.remove("backbone.body.layer2.0.downsample.1.bias");
              tensors.remove("backbone.body.layer4.1.bn3.running_var");
              tensors.put("rpn.head.cls_logits.bias", Tensor.of(new float[2], 2));
              tensors.put("backbone.fpn.fpn_inner5.weight", Tensor.of(new float[2], 2));
            });
    assertThatThrownBy(() -> PYTHIA.builder().weights(pythia).open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("2 missing: ")
        .hasMessageContaining("backbone.body.layer2.0.downsample.1.bias [16]")
        .hasMessageContaining("backbone.body.layer4.1.bn3.running_var [64]")
        .hasMessageContaining("1 unexpected: \"backbone.fpn.fpn_inner5.weight\"")
        .hasMessageContaining("rpn.head.cls_logits.bias expected [3], found [2]");
    Path mask =
        MASK_RCNN.weights(
            folder,
            tensors -> {
              tensors.remove("res2_0_branch1_bn_s");
              tensors.remove("fpn_inner_res4_5_sum_lateral_b");
              tensors.put("fc6_b", Tensor.of(new float[2], 2));
              tensors.put("fc8_w", Tensor.of(new float[2], 2));
            });
    assertThatThrownBy(() -> MASK_RCNN.builder().weights(mask).open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("2 missing: ")
        .hasMessageContaining("res2_0_branch1_bn_s [9]")
        .hasMessageContaining("fpn_inner_res4_5_sum_lateral_b [7]")
        .hasMessageContaining("1 unexpected: \"fc8_w\"")
        .hasMessageContaining("fc6_b expected [18], found [2]");
  }

  @Test
  void weightsThatAreNotNumbersAreNamed() {
    Path weights =
        MASK_RCNN.weights(
            folder,
            tensors -> {
              float[] bias = tensors.get("fc6_b").toFloatArray();
              bias[3] = Float.NaN;
              tensors.put("fc6_b", Tensor.of(bias, bias.length));
            });
    try (RegionDetector detector = MASK_RCNN.builder().weights(weights).open()) {
      assertThatThrownBy(() -> detector.detect(MASK_RCNN.picture()))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("the weights hold NaN or infinity, in fc6_b");
    }
  }

  @Test
  void aPictureOfOneLineIsTooNarrow() {
    try (RegionDetector detector = PYTHIA.builder().open()) {
      assertThatThrownBy(() -> detector.detect(new Picture("line", 900, 1, new byte[2700])))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("line: a picture of 900 x 1 pixels becomes one of 140 x 0");
      assertThat(detector.estimatedBytes(900, 1)).isZero();
      assertThat(detector.estimatedBytes(900, 100)).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "R-50-FPN | R-101-FPN | means 23 blocks in backbone.res4, the weights have 6",
        "R-50-FPN | R-50-C4 | MODEL.BACKBONE.CONV_BODY: expected R-50-FPN, R-101-FPN or R-152-FPN",
        "\"OUT_CHANNELS\": 8 | \"OUT_CHANNELS\": 9 | means 9 channels of the pyramid",
        "\"(4, 8, 16, 32, 64)\" | [4, 8, 16, 32, 128] | MODEL.RPN.ANCHOR_STRIDE: expected [4.0,"
            + " 8.0",
        "\"(4, 8, 16, 32, 64)\" | \"(4, eval)\" | MODEL.RPN.ANCHOR_STRIDE: expected numbers from 0",
        "(8, 16, 32, 64, 128) | (8, 16, 32, 64) | ANCHOR_SIZES: expected a size for each of the 5",
        "\"NUM_CLASSES\": 12 | \"NUM_CLASSES\": 13 | means 13 classes with background",
        "\"MLP_HEAD_DIM\": 20 | \"MLP_HEAD_DIM\": 21 | means 21 outputs of fc6",
        "0.03125 | 0.5 | MODEL.ROI_BOX_HEAD.POOLER_SCALES: expected [0.25, 0.125",
        "\"NUM_GROUPS\": 4 | \"NUM_GROUPS\": 8 | means 16 inner channels of backbone.res2",
      })
  void aConfigurationOfPythiaThatDoesNotFit(String from, String to, String message) {
    refuse(PYTHIA, from, to, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "FPN.add_fpn_ResNet50_conv5_body | ResNet.add_ResNet50_conv4_body | MODEL.CONV_BODY:"
            + " expected",
        "\"RoIAlign\" | \"RoIPoolF\" | FAST_RCNN.ROI_XFORM_METHOD: expected \"RoIAlign\"",
        "\"SCALE\": 76 | \"SCALES\": 76 | TEST.scale: expected a number, found nothing",
        "\"DIM\": 7 | \"DIM\": 7, \"RPN_MAX_LEVEL\": 5 | FPN.RPN_MAX_LEVEL: expected 6, found 5",
        "\"NUM_CLASSES\": 11 | \"NUM_CLASSES\": 81 | means 81 classes with background",
      })
  void aConfigurationOfDetectronThatDoesNotFit(String from, String to, String message) {
    refuse(MASK_RCNN, from, to, message);
  }

  private static void refuse(DetectorCase golden, String from, String to, String message) {
    assertThat(config(golden)).contains(from);
    assertThatThrownBy(
            () ->
                golden
                    .builder()
                    .configuration(config(golden).replace(from, to), "config.yaml")
                    .open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(1, 2.5)", "[1,2.5]", " (1., 25e-1,) "})
  void listsMayBeWrittenAsPythonDoes(String text) {
    assertThat(section(text).numbers("KEY", 0, 9)).containsExactly(1, 2.5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "()", "(1, 10)", "(1, )2", "1, 2", "(1,,2)", "(os.system(1))", "(e)"})
  void otherTextsAreNoLists(String text) {
    assertThatThrownBy(() -> section(text).numbers("key", 0, 9))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("KEY: expected numbers from 0 to 9, such as \"(1, 2)\"");
  }

  private static ConfigSection section(String text) {
    return new ConfigSection((JsonObject) Json.parse("{\"KEY\": \"" + text + "\"}"));
  }
}
