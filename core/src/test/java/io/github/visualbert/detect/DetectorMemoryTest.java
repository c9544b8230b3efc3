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
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static Kernels kernels() {
    return KernelSelection.select(System.getProperty("visualbert.provider", "scalar")).kernels();
  }

  private static void check(Picture picture, int count, int proposals) {
    Kernels kernels = kernels();
    String json = new String(TestData.bytes(DETECTOR.resolve("config.json")));
    String most = "\"post_nms_topk_test\": ";
    assertThat(json).contains(most + 30);
    DetectorConfig config =
        BottomUpConfig.read(
            new ConfigSection((JsonObject) Json.parse(json.replace(most + 30, most + proposals))));
    try (Arena arena = Arena.ofShared();
        TensorSource source = TensorSource.open(DETECTOR, arena)) {
      BottomUpAttention network =
          BottomUpAttention.load(
              config,
              new DetectorWeights(source, kernels, arena, 1e-5, WeightsForm.DETECTRON2),
              kernels);
      PictureInput input = PictureInput.of(picture, config.input());
      Finiteness finiteness = new Finiteness(source, "picture");
      assertTakes(
          picture.source(),
          network.floats(network.scaled(picture.width(), picture.height())),
          scratch(network.scratch(count)),
          count,
          execution -> network.find(execution, input, finiteness, Stages.NONE));
    }
  }

  /** The head takes most of a small picture with many proposals, the pyramid of others. */
  @ParameterizedTest
  @ValueSource(strings = {"pythia_small", "pythia_levels", "mask_rcnn_small", "mask_rcnn_levels"})
  void aPassOnAPyramidTakesWhatItStates(String name) {
    DetectorCase golden = DetectorCase.of(name);
    DetectorKind kind = DetectorKind.of(golden.description().getString("detector"));
    Picture own = golden.picture();
    String json = new String(TestData.bytes(golden.folder().resolve("config.json")));
    DetectorConfig config = kind.read(new ConfigSection((JsonObject) Json.parse(json)));
    try (Arena arena = Arena.ofShared();
        TensorSource source =
            TensorSource.open(
                golden.folder().resolve(golden.description().getString("weights")), arena)) {
      PyramidNetwork network =
          (PyramidNetwork)
              kind.load(
                  config,
                  new DetectorWeights(source, kernels(), arena, kind.epsilon(), kind.form()),
                  kernels());
      for (Picture picture : List.of(own, new Picture("wide", 300, 80, new byte[3 * 300 * 80]))) {
        PaddedInput input = PaddedInput.of(picture, config.input());
        int width = PaddedInput.padded(input.size().width());
        int height = PaddedInput.padded(input.size().height());
        Finiteness finiteness = new Finiteness(source, "picture");
        for (int count : new int[] {1, 3}) {
          assertTakes(
              name + " " + picture.source(),
              network.floats(width, height),
              scratch(network.scratch(count)),
              count,
              execution -> network.find(execution, input, finiteness, Stages.NONE));
        }
      }
    }
  }

  private static long scratch(long floats) {
    return kernels().provider().equals("scalar") ? 0 : floats;
  }

  /** Checks that a pass takes no more than it states, and with a hundredth less too much. */
  private static void assertTakes(
      String what, long stated, long scratch, int workers, Consumer<Execution> pass) {
    for (double share : new double[] {1, 0.99}) {
      long reserved = (long) (share * stated + scratch);
      long allocated = allocated(workers, reserved, pass);
      if (share == 1) {
        assertThat(allocated).as("%s, %d workers", what, workers).isLessThan(reserved + 16);
      } else if (scratch == 0) {
        assertThat(allocated).as("less, %s", what).isGreaterThan(reserved + 16);
      }
    }
  }

  /** Returns the most floats that are allocated at once when some are reserved. */
  private static long allocated(int count, long reserved, Consumer<Execution> pass) {
    try (Workers workers = Workers.of(count);
        Workspace workspace = new Workspace()) {
      Execution execution = new Execution(workers, workspace);
      BottomUpAttention.reserve(execution, reserved);
      pass.accept(execution);
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
