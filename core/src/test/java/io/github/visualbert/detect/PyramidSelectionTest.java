package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How proposals on a pyramid are picked, and regions among them. */
class PyramidSelectionTest {
  private static final float NEXT = Math.nextUp(0.2f);

  private static DetectorConfig config(int least, int most, double confidence) {
    JsonObject json =
        (JsonObject)
            Json.parse(
                """
                {"MODEL": {"CONV_BODY": "FPN.add_fpn_ResNet50_conv5_body", "NUM_CLASSES": 3},
                 "FAST_RCNN": {"ROI_XFORM_METHOD": "RoIAlign"},
                 "TEST": {"SCALE": 96, "MAX_SIZE": 160, "NMS": 0.5,
                          "RPN_PRE_NMS_TOP_N": 8, "RPN_POST_NMS_TOP_N": 8}}\
                """);
    return DetectronConfig.read(new ConfigSection(json))
        .withDetections(least, most)
        .withMinConfidence(confidence);
  }

  @Test
  void regionsArePooledFromTheLevelOfTheirSize() {
    OpGolden golden = OpGolden.all("roi_level").getFirst();
    double[] expected = golden.out("level").numbers();
    int[] levels = PyramidHead.levels(golden.in("boxes").floats(), config(1, 1, 0).pyramid());
    assertThat(Arrays.stream(levels).asDoubleStream().toArray()).containsExactly(expected);
  }

  /** A millionth is added to the size in canonical ones before its logarithm is taken. */
  @Test
  void aRegionThatIsAHairTooSmallIsPooledFromTheUpperLevel() {
    float[] boxes = {0, 0, 222.9999f, 222.9999f, 0, 0, 222.999f, 222.999f};
    assertThat(PyramidHead.levels(boxes, config(1, 1, 0).pyramid())).containsExactly(4, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, '1 0'", // more above than wanted: the best
    "3, 3, '0 1 3'", // as many: in the order of the proposals
    "1, 5, '0 1 3'",
    "4, 4, '1 0 3 4'", // fewer above: the best, of which the first of equal ones
    "9, 9, '1 0 3 4 2 5'",
  })
  void likelyRegionsKeepTheirOrderUnlessTheyAreTooManyOrTooFew(int least, int most, String kept) {
    float[] confidences = {0.5f, 0.9f, 0.1f, NEXT, 0.19f, 0.1f};
    assertThat(RegionChoice.ABOVE.choose(confidences, config(least, most, 0.2)))
        .containsExactly(numbers(kept));
  }

  @Test
  void theBestRegionsComeFirst() {
    float[] confidences = {0, 0.9f, 0.5f, 0.9f, 0};
    assertThat(RegionChoice.BEST.choose(confidences, config(0, 4, 0))).containsExactly(1, 3, 2, 0);
    assertThat(RegionChoice.BEST.counts(0.2f, config(0, 4, 0.2f))).isFalse();
    assertThat(RegionChoice.BEST.counts(NEXT, config(0, 4, 0.2f))).isTrue();
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  /** The confidence is what suppression class by class gives, each with its own comparisons. */
  @Test
  void oneTableServesAllClasses() {
    Random random = new Random(5);
    int count = 150; // three words of bits
    int classes = 2;
    float[] boxes = new float[4 * count];
    float[] logits = new float[count * (classes + 1)];
    for (int r = 0; r < count; r++) {
      boxes[4 * r] = random.nextInt(60);
      boxes[4 * r + 1] = random.nextInt(60);
      boxes[4 * r + 2] = boxes[4 * r] + random.nextInt(40);
      boxes[4 * r + 3] = boxes[4 * r + 1] + random.nextInt(40);
    }
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextInt(9); // equal ones
    }
    DetectorConfig config = config(count, count, 0);
    BoxConvention convention = BoxConvention.LEGACY_AT_THRESHOLD;
    PyramidSelection.Selected selected =
        new PyramidSelection(config, convention, RegionChoice.ABOVE).select(boxes, logits);
    float[] expected = new float[count];
    for (int c = 1; c <= classes; c++) {
      float[] scores = new float[count];
      for (int r = 0; r < count; r++) {
        scores[r] = Scores.softmax(logits, r * (classes + 1), classes + 1, c);
      }
      for (int r :
          NonMaximumSuppression.keep(boxes, ScoreOrder.of(scores), 0.5, count, convention)) {
        expected[r] = Math.max(expected[r], scores[r]);
      }
    }
    assertThat(selected.confidences()).containsExactly(expected);
    assertThat(IntStream.range(0, count).filter(r -> expected[r] == 0).count()).isPositive();
  }

  @Test
  void ofEqualScoresThoseOfTheFirstLevelComeFirst() {
    Proposals fine =
        new Proposals(new float[8], new float[] {0.9f, 0.5f}, new int[] {4, 7}, new int[2]);
    Proposals coarse =
        new Proposals(new float[8], new float[] {0.9f, 0.9f}, new int[] {1, 2}, new int[] {1, 1});
    Proposals best = Proposals.best(List.of(fine, coarse), 3);
    assertThat(best.levels()).containsExactly(0, 1, 1);
    assertThat(best.anchors()).containsExactly(4, 1, 2);
  }

  /** Where the sigmoid is 1 in floats, the order is that of the anchors. */
  @Test
  void ranksAreThoseOfProbabilities() {
    float[] logits = {18, 30, 0, 17};
    ProposalRules rules = PyramidTraits.PYTHIA.rules();
    assertThat(ScoreOrder.of(rules.scores(logits))).containsExactly(0, 1, 3, 2);
    assertThat(rules.scores(logits)[2]).isEqualTo(0.5f);
  }

  @Test
  void smallBoxesAreDroppedByTheRuleOfTheKind() {
    float[] box = {10, 10, 15, 19}; // as pixels 6 x 10
    assertThat(BoxFilter.LARGER.keeps(box, 0, 5, 99, 99, 1)).isFalse();
    assertThat(BoxFilter.LARGER.keeps(box, 0, 4.9, 99, 99, 1)).isTrue();
    assertThat(BoxFilter.AT_LEAST.keeps(box, 0, 6, 99, 99, 1)).isTrue();
    assertThat(BoxFilter.AT_LEAST.keeps(box, 0, 6.1, 99, 99, 1)).isFalse();
    assertThat(BoxFilter.IN_PICTURE.keeps(box, 0, 3.5, 99, 99, 2)).isTrue();
    assertThat(BoxFilter.IN_PICTURE.keeps(box, 0, 3.6, 99, 99, 2)).isFalse();
    assertThat(BoxFilter.IN_PICTURE.keeps(box, 0, 0, 12, 99, 2)).as("centre at 13").isFalse();
    assertThat(BoxFilter.IN_PICTURE.keeps(box, 0, 0, 13, 99, 2)).isTrue();
  }
}
