package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureOriginTest {
  /** Positive numbers, a share of them zero; the last six columns below 1. */
  private static VisualFeatures features(int regions, int dim, double zeros) {
    Random random = new Random(dim);
    float[] values = new float[regions * dim];
    for (int i = 0; i < values.length; i++) {
      float most = i % dim < dim - 6 ? 8 : 1;
      values[i] = random.nextDouble() < zeros ? 0 : random.nextFloat(0.01f, most);
    }
    return VisualFeatures.of("f.npy", values, regions, dim);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 2048, 0.6, RESNEXT_FPN",
    "36, 2048, 0.6, RESNEXT_FPN",
    "36, 2048, 0.03, BOTTOM_UP",
    "100, 2048, 0, BOTTOM_UP",
    "36, 2054, 0.03, BOTTOM_UP_WITH_BOXES",
    "144, 1024, 0.5, MASK_RCNN",
    "7, 512, 0.4, VCR_TOWER",
  })
  void widthAndZerosTell(int regions, int dim, double zeros, FeatureOrigin origin) {
    VisualFeatures features = features(regions, dim, zeros);
    assertThat(FeatureOrigin.guess(features)).contains(origin);
    assertThat(origin.dim()).isEqualTo(dim);
    assertThat(origin.warning(features)).isEmpty();
  }

  @Test
  void whatLooksLikeNoneIsNotGuessed() {
    assertThat(FeatureOrigin.guess(features(100, 1024, 0))).isEmpty();
    assertThat(FeatureOrigin.guess(features(100, 196, 0.5))).isEmpty();
    assertThat(FeatureOrigin.guess(features(36, 2054, 0.6))).isEmpty();
    float[] halves = new float[10 * 2048];
    Arrays.fill(halves, 0.5f);
    assertThat(FeatureOrigin.guess(VisualFeatures.of("halves", halves, 10, 2048))).isEmpty();
    assertThat(FeatureOrigin.guess(FeatureFile.read(TestData.DEMO_FEATURES.resolve("scene-1.npy"))))
        .isEmpty();
  }

  @Test
  void theWrongDetectorIsWarnedOf() {
    assertThat(FeatureOrigin.RESNEXT_FPN.warning(features(36, 2048, 0)))
        .contains(
            "f.npy: looks like features of bottom-up attention's ResNet-101-C4 (mean of res5) (36"
                + " regions of 2048 columns, 0 % zeros), but the checkpoint was trained on those of"
                + " a ResNeXt-FPN detector of Pythia or MMF (fc6); expect wrong answers");
    float[] standardised = features(100, 2048, 0).toArray();
    standardised[77] = -0.5f;
    assertThat(
            FeatureOrigin.RESNEXT_FPN
                .warning(VisualFeatures.of("f.npy", standardised, 100, 2048))
                .orElseThrow())
        .startsWith("f.npy: has negative numbers (100 regions of 2048 columns, 0 % zeros)");
    assertThat(FeatureOrigin.RESNEXT_FPN.warning(features(101, 2048, 0.6)))
        .contains(
            "f.npy: has 101 regions, but the checkpoint was trained on features of a ResNeXt-FPN"
                + " detector of Pythia or MMF (fc6), which gives at most 100");
    assertThat(FeatureOrigin.MASK_RCNN.warning(features(36, 2048, 0))).isEmpty();
  }

  /** What is known to be the checkpoint's detector is not guessed at, and what is not is named. */
  @ParameterizedTest
  @EnumSource
  void theDetectorIsNamedWhereItIsKnown(FeatureOrigin expected) {
    VisualFeatures features = features(3, expected.dim(), 0);
    for (FeatureOrigin known : FeatureOrigin.values()) {
      Optional<String> warning = expected.warning(features, known);
      if (known == expected) {
        assertThat(warning).isEmpty();
      } else {
        assertThat(warning.orElseThrow())
            .startsWith("f.npy: the detector " + known.detector() + " gives features of ")
            .contains(known.description(), expected.description())
            .endsWith(": give it the detector " + expected.detector() + "; expect wrong answers");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RESNEXT_FPN, 1024, pythia",
    "BOTTOM_UP_WITH_BOXES, 2048, butd",
    "MASK_RCNN, 2048, mask_rcnn",
    "VCR_TOWER, 2048, vcr",
  })
  void featuresOfAnotherWidthNameTheDetector(FeatureOrigin expected, int dim, String detector) {
    expected.requireDim(features(3, expected.dim(), 0));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> expected.requireDim(features(3, dim, 0)))
        .withMessageStartingWith(
            "f.npy: visual_embeds has %d columns, the model's visual_embedding_dim is %d; it was"
                .formatted(dim, expected.dim()))
        .withMessageContaining(expected.description())
        .withMessageEndingWith("give it those of the detector " + detector);
  }

  @ParameterizedTest
  @CsvSource({
    "VisualBertForQuestionAnswering, 2048, 3129, RESNEXT_FPN",
    "VisualBertForQuestionAnswering, 2048, 13,",
    "VisualBertForVisualReasoning, 1024, 2, MASK_RCNN",
    "VisualBertForVisualReasoning, 2048, 2,",
    "VisualBertForMultipleChoice, 512, 2, VCR_TOWER",
    "VisualBertForRegionToPhraseAlignment, 2054, 2, BOTTOM_UP_WITH_BOXES",
    "VisualBertForPreTraining, 2048, 2, RESNEXT_FPN",
    "VisualBertForPreTraining, 1024, 2, MASK_RCNN",
    "VisualBertForPreTraining, 512, 2, VCR_TOWER",
    "VisualBertForPreTraining, 196, 2,",
    "VisualBertModel, 2048, 2,",
  })
  void theAuthorsCheckpointsAreKnownByTheirShape(
      String architecture, int dim, int labels, FeatureOrigin origin) {
    assertThat(FeatureOrigin.ofCheckpoint(architecture, dim, labels))
        .isEqualTo(Optional.ofNullable(origin));
  }
}
