package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which anchors become proposals, for outputs of the network that are made up. */
class RegionProposalsTest {
  private static final int CELLS = 8; // on a side
  private static final int PER_CELL = 12;

  /** The anchor of 28 x 28 pixels in a cell. */
  private static int square(int row, int column) {
    return (row * CELLS + column) * PER_CELL + 1;
  }

  private static Proposals pick(int best, int most, double smallest, float[] logits) {
    DetectorConfig config =
        BottomUpConfig.read(new ConfigSection((JsonObject) Json.parse(SpoiltDetector.config())));
    DetectorConfig.Proposals proposals =
        new DetectorConfig.Proposals(
            config.proposals().hidden(), new float[] {1, 1, 1, 1}, best, 0.5, most, smallest);
    DetectorConfig changed =
        new DetectorConfig(
            config.input(),
            config.network(),
            config.anchors(),
            proposals,
            config.head(),
            config.thresholds(),
            config.minDetections(),
            config.maxDetections(),
            null);
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(SpoiltDetector.DEMO, arena)) {
      DetectorWeights weights =
          new DetectorWeights(
              source,
              KernelSelection.select("scalar").kernels(),
              arena,
              1e-5,
              WeightsForm.DETECTRON2);
      ProposalRules rules = new ProposalRules(BoxConvention.PLAIN, false, BoxFilter.LARGER);
      RegionProposals network =
          RegionProposals.load(weights, "proposal_generator", 112, changed, rules);
      return network.pick(
          new RegionProposals.Outputs(logits, new float[4 * logits.length], CELLS), 0, 128, 100, 1);
    }
  }

  private static float[] logits(int... bestFirst) {
    float[] logits = new float[CELLS * CELLS * PER_CELL];
    Arrays.fill(logits, -9);
    for (int i = 0; i < bestFirst.length; i++) {
      logits[bestFirst[i]] = 9 - i;
    }
    return logits;
  }

  @Test
  void theBestComeFirstWithTheirScoresAndAnchors() {
    Proposals found = pick(2, 9, 0, logits(square(5, 3), square(1, 1), square(2, 6)));
    assertThat(found.anchors()).containsExactly(square(5, 3), square(1, 1));
    assertThat(found.scores()).containsExactly(9, 8);
    assertThat(found.boxes()).containsExactly(34, 66, 62, 94, 2, 2, 30, 30);
    assertThat(pick(3, 1, 0, logits(square(5, 3), square(1, 1))).count()).isEqualTo(1);
  }

  @Test
  void boxesAreClippedToThePicture() {
    assertThat(pick(1, 9, 0, logits(square(0, 7))).boxes()).containsExactly(98, 0, 126, 14);
    assertThat(pick(1, 9, 0, logits(square(6, 0))).boxes()).containsExactly(0, 82, 14, 100);
  }

  /** A box of exactly the smallest size is dropped, and so is one without area at size 0. */
  @Test
  void boxesMustBeLargerThanTheSmallest() {
    assertThat(pick(1, 9, 27.9, logits(square(3, 3))).count()).isEqualTo(1);
    assertThat(pick(1, 9, 28, logits(square(3, 3))).count()).isZero();
    assertThat(pick(1, 9, 0, logits(square(7, 3))).count()).as("12 pixels below").isEqualTo(1);
    assertThat(pick(1, 9, 2, logits(square(7, 3))).count()).as("2 of them inside").isZero();
  }

  @Test
  void ofBoxesThatOverlapTheBetterStays() {
    int wide = square(3, 3) - 1; // overlaps the square by 0.55, its neighbour by 0.27
    Proposals found = pick(3, 9, 0, logits(square(3, 3), wide, square(3, 4)));
    assertThat(found.anchors()).containsExactly(square(3, 3), square(3, 4));
  }
}
