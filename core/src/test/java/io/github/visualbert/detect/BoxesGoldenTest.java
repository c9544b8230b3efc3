package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Anchors, decoding and suppression against the golden data. */
class BoxesGoldenTest {
  private static final double[] RATIOS = {0.5, 1, 2};

  private final List<String> failures = new ArrayList<>();

  @Test
  void anchorsOfTheFirstCell() {
    OpGolden golden = OpGolden.all("anchors").getFirst();
    float[] centred = Anchors.centred(new double[] {64, 128, 256, 512}, RATIOS);
    compare(golden, "butd", centred);
    int small = golden.arguments().getInt("small_start");
    for (int level = 2; level <= 6; level++) {
      int stride = 1 << level;
      compare(golden, "p" + level, Anchors.rounded(stride, 8 * stride, RATIOS));
      compare(golden, "small.p" + level, Anchors.rounded(stride, small << level - 2, RATIOS));
    }
    compare(golden, "grid.butd", grid(new Anchors(centred, 16, 0)));
    compare(golden, "grid.p3", grid(new Anchors(Anchors.rounded(8, 64, RATIOS), 8, 0)));
    assertThat(failures).isEmpty();
  }

  /** Three rows of four cells. */
  private static float[] grid(Anchors anchors) {
    float[] boxes = new float[4 * 12 * anchors.perCell()];
    for (int i = 0; i < boxes.length / 4; i++) {
      anchors.box(i, 4, boxes, 4 * i);
    }
    return boxes;
  }

  private void compare(OpGolden golden, String output, float[] actual) {
    float[] expected = golden.out(output).floats();
    if (!Arrays.equals(actual, expected)) {
      failures.add("%s: %s".formatted(output, Arrays.toString(actual)));
    }
  }

  @Test
  void anOffsetMovesAnchorsWithinTheirCell() {
    float[] box = new float[4];
    new Anchors(new float[] {-4, -4, 4, 4}, 16, 0.5f).box(5, 4, box, 0);
    assertThat(box).containsExactly(20, 20, 28, 28);
  }

  @Test
  void decoding() {
    for (OpGolden golden : OpGolden.all("decode")) {
      BoxConvention convention =
          golden.arguments().getInt("plus_one") == 1 ? BoxConvention.LEGACY : BoxConvention.PLAIN;
      float[] weights = new float[4];
      for (int i = 0; i < 4; i++) {
        weights[i] = (float) golden.arguments().getArray("weights").getDouble(i);
      }
      BoxDeltas decoding = new BoxDeltas(weights, convention);
      float[] boxes = golden.in("boxes").floats();
      float[] deltas = golden.in("deltas").floats();
      int perBox = deltas.length / boxes.length;
      float[] decoded = new float[deltas.length];
      for (int i = 0; i < deltas.length / 4; i++) {
        decoding.decode(boxes, i / perBox * 4, deltas, 4 * i, decoded, 4 * i);
      }
      golden.compare("boxes", decoded, failures);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void suppression() {
    for (OpGolden golden : OpGolden.all("nms")) {
      boolean inclusive = golden.arguments().getBoolean("inclusive");
      BoxConvention convention =
          golden.arguments().getInt("plus_one") == 0
              ? BoxConvention.PLAIN
              : inclusive ? BoxConvention.LEGACY_AT_THRESHOLD : BoxConvention.LEGACY;
      float[] boxes = golden.in("boxes").floats();
      int[] order = ScoreOrder.of(golden.in("scores").floats());
      double threshold = golden.arguments().getDouble("threshold");
      int[] expected =
          Arrays.stream(golden.out("kept").numbers()).mapToInt(kept -> (int) kept).toArray();
      for (int most : new int[] {Integer.MAX_VALUE, expected.length, 3, 0}) {
        int[] kept = NonMaximumSuppression.keep(boxes, order, threshold, most, convention);
        int[] first = Arrays.copyOf(expected, Math.min(most, expected.length));
        if (!Arrays.equals(kept, first)) {
          failures.add("%s, %d: %s".formatted(golden, most, Arrays.toString(kept)));
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  /**
   * A third as a float is above a third as a double, so only one of the two comparisons sees it.
   */
  @Test
  void thresholdsAreComparedInThePrecisionOfTheKind() {
    float[] boxes = {0, 0, 2, 1, 1, 0, 3, 1};
    int[] order = {0, 1};
    assertThat(NonMaximumSuppression.keep(boxes, order, 1 / 3.0, 2, BoxConvention.PLAIN))
        .containsExactly(0);
    BoxConvention inFloat = new BoxConvention(0, false, false);
    assertThat(NonMaximumSuppression.keep(boxes, order, 1 / 3.0, 2, inFloat)).containsExactly(0, 1);
  }

  @Test
  void boxesWithoutAreaSuppressNothing() {
    float[] boxes = {1, 1, 1, 1, 1, 1, 1, 1};
    assertThat(NonMaximumSuppression.keep(boxes, new int[] {0, 1}, 0.3, 2, BoxConvention.PLAIN))
        .containsExactly(0, 1);
  }

  @Test
  void equalScoresKeepTheirOrder() {
    float[] scores = {0f, 3, -0f, -1, 3, Float.NEGATIVE_INFINITY, 0f};
    assertThat(ScoreOrder.of(scores)).containsExactly(1, 4, 0, 2, 6, 3, 5);
    assertThat(ScoreOrder.best(scores, 3)).containsExactly(1, 4, 0);
    assertThat(ScoreOrder.of(new float[0])).isEmpty();
  }
}
