package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.visualbert.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorBenchTest {
  private static RegionDetector open() {
    return RegionDetector.builder(TestData.ROOT.resolve("demo/detector"))
        .provider("scalar")
        .threads(1)
        .open();
  }

  /** The demo's README states 415 million for a scene, which is scaled to 320 x 320. */
  @Test
  void countsTheWorkOfAllStages() {
    float[] boxes = new float[4 * 30];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = i % 4 < 2 ? 10 : 100;
    }
    long[] count = new long[1];
    try (RegionDetector detector = open()) {
      detector.measure(
          new float[3 * 320 * 320],
          320,
          320,
          boxes,
          stages -> {
            stages.backbone();
            stages.rpn();
            stages.head();
            count[0] = stages.multiplyAdds();
          });
    }
    assertThat(count[0]).isBetween(413_000_000L, 416_000_000L);
  }

  /** Work grows with the pixels of the picture, and with the regions in the head alone. */
  @ParameterizedTest
  @ValueSource(strings = {"butd_small", "pythia_small", "mask_rcnn_small"})
  void runsTheStagesOfEveryKind(String name) {
    try (RegionDetector detector = DetectorCase.of(name).builder().threads(1).open()) {
      long small = work(detector, 64, 1);
      long wide = work(detector, 128, 1);
      long head = work(detector, 64, 2) - small;
      assertThat(head).isPositive();
      assertThat(small - head).isPositive();
      assertThat(work(detector, 64, 3) - small).isEqualTo(2 * head);
      assertThat(wide - head).isEqualTo(2 * (small - head));
    }
  }

  private static long work(RegionDetector detector, int width, int regions) {
    float[] boxes = new float[4 * regions];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = i % 4 < 2 ? 5 : 40;
    }
    long[] count = new long[1];
    detector.measure(
        new float[3 * 64 * width],
        64,
        width,
        boxes,
        stages -> {
          stages.backbone();
          stages.rpn();
          stages.head();
          count[0] = stages.multiplyAdds();
        });
    return count[0];
  }

  /** Its work grows as that of the others does, and nothing is proposed. */
  @Test
  void runsTheStagesOfTheTower() {
    try (VcrTower tower =
        VcrTowerGoldenTest.builder(DetectorCase.of("vcr_small")).threads(1).open()) {
      long small = work(tower, 64, 1);
      long wide = work(tower, 128, 1);
      long head = work(tower, 64, 2) - small;
      assertThat(head).isPositive();
      assertThat(work(tower, 64, 3) - small).isEqualTo(2 * head);
      assertThat(wide - head).isEqualTo(2 * (small - head));
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  tower.measure(
                      new float[12], 2, 2, new float[4], new float[9], new int[1], s -> {}));
    }
  }

  private static long work(VcrTower tower, int width, int regions) {
    float[] boxes = new float[4 * regions];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = i % 4 < 2 ? 5 : 40;
    }
    long[] count = new long[1];
    tower.measure(
        new float[3 * 64 * width],
        64,
        width,
        boxes,
        new float[regions * 196],
        new int[regions],
        stages -> {
          assertThat(stages.proposes()).isFalse();
          stages.backbone();
          stages.rpn();
          stages.head();
          count[0] = stages.multiplyAdds();
        });
    return count[0];
  }

  @Test
  void refusesSizesThatDoNotFit() {
    try (RegionDetector detector = open()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> detector.measure(new float[9], 2, 2, new float[4], stages -> {}));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> detector.measure(new float[12], 2, 2, new float[4], stages -> {}))
          .withMessage("the network takes no picture of 2 x 2");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> detector.measure(new float[12], 2, 2, new float[0], stages -> {}));
    }
  }
}
