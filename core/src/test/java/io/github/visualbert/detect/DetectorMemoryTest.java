package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.TestData;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pass allocates is what the arithmetic of its stages says. */
class DetectorMemoryTest {
  private static final Path DETECTOR = TestData.ROOT.resolve("demo/detector");

  @Test
  void aPassTakesWhatItStates() {
    List<Picture> pictures =
        List.of(
            Picture.read(TestData.DEMO_IMAGES.resolve("scene-1.png")),
            new Picture("wide", 300, 40, new byte[3 * 300 * 40]),
            new Picture("tall", 20, 170, new byte[3 * 20 * 170]));
    // With many proposals the head takes most, with one the backbone.
    for (int proposals : new int[] {30, 1}) {
      pictures.forEach(picture -> check(picture, 1, proposals));
      pictures.forEach(picture -> check(picture, 3, proposals));
    }
  }

  private static void check(Picture picture, int count, int proposals) {
    Kernels kernels =
        KernelSelection.select(System.getProperty("visualbert.provider", "scalar")).kernels();
    String json = new String(TestData.bytes(DETECTOR.resolve("config.json")));
    String most = "\"post_nms_topk_test\": ";
    assertThat(json).contains(most + 30);
    DetectorConfig config =
        BottomUpConfig.read(
            new ConfigSection((JsonObject) Json.parse(json.replace(most + 30, most + proposals))));
    try (Arena arena = Arena.ofShared();
        TensorSource source = TensorSource.open(DETECTOR, arena);
        Workers workers = Workers.of(count)) {
      BottomUpAttention network =
          BottomUpAttention.load(
              config,
              new DetectorWeights(source, kernels, arena, 1e-5, WeightsForm.DETECTRON2),
              kernels);
      long stated = network.floats(network.scaled(picture.width(), picture.height()));
      long scratch = kernels.provider().equals("scalar") ? 0 : network.scratch(count);
      PictureInput input = PictureInput.of(picture, config.input());
      for (double share : new double[] {1, 0.99}) {
        long reserved = (long) (share * stated + scratch);
        long allocated = allocated(network, input, source, workers, reserved);
        if (share == 1) {
          assertThat(allocated)
              .as("%s, %d workers", picture.source(), count)
              .isLessThan(reserved + 16);
        } else if (scratch == 0) {
          assertThat(allocated).as("less, %s", picture.source()).isGreaterThan(reserved + 16);
        }
      }
    }
  }

  /** Returns the most floats that are allocated at once when some are reserved. */
  private static long allocated(
      BottomUpAttention network,
      PictureInput input,
      TensorSource source,
      Workers workers,
      long reserved) {
    try (Workspace workspace = new Workspace()) {
      Execution execution = new Execution(workers, workspace);
      BottomUpAttention.reserve(execution, reserved);
      network.find(execution, input, new Finiteness(source, "picture"), Stages.NONE);
      return workspace.peak() / Float.BYTES;
    }
  }

  /** With one region the backbone takes most, with many on a small canvas the head. */
  @Test
  void theTowerTakesWhatItStates() {
    Path weights = TestData.ROOT.resolve("goldens/detectors/cases/vcr_small/model.th");
    Kernels kernels = KernelSelection.select("scalar").kernels();
    try (Arena arena = Arena.ofShared();
        TensorSource source = TensorSource.open(weights, arena);
        Workers workers = Workers.of(1)) {
      TowerNetwork network =
          TowerNetwork.load(
              new DetectorWeights(source, kernels, arena, 1e-5, WeightsForm.TOWER), kernels, false);
      for (int[] sizes : new int[][] {{128, 64, 1}, {128, 64, 20}, {32, 32, 40}, {33, 17, 5}}) {
        long stated = network.floats(sizes[1], sizes[0], sizes[2]);
        for (double share : new double[] {1, 0.97}) {
          long reserved = (long) (share * stated);
          long allocated = allocated(network, sizes, workers, reserved);
          if (share == 1) {
            assertThat(allocated).as("%d", sizes[2]).isLessThan(reserved + 16);
          } else {
            assertThat(allocated).as("less, %d", sizes[2]).isGreaterThan(reserved + 16);
          }
        }
      }
    }
  }

  private static long allocated(TowerNetwork network, int[] sizes, Workers workers, long reserved) {
    float[] boxes = new float[4 * sizes[2]];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = i % 4 < 2 ? 1 : 12;
    }
    try (Workspace workspace = new Workspace()) {
      Execution execution = new Execution(workers, workspace);
      BottomUpAttention.reserve(execution, reserved);
      network.pass(
          execution,
          sizes[1],
          sizes[0],
          space -> FeatureMap.of(space, 3, sizes[1], sizes[0]),
          new TowerNetwork.Regions(boxes, new float[sizes[2] * 196], new int[sizes[2]]),
          Stages.NONE);
      return workspace.peak() / Float.BYTES;
    }
  }
}
