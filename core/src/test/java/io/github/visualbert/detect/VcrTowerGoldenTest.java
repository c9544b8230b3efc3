package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import io.github.visualbert.TestData;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stage of VCR's tower on the golden data, on the provider that the build names. */
class VcrTowerGoldenTest {
  static Stream<DetectorCase> cases() {
    return DetectorCase.all(true).stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTheReferenceDoes(DetectorCase golden) {
    try (VcrTower tower = builder(golden).threads(1).open()) {
      assertThat(tower.kernels())
          .startsWith(System.getProperty("visualbert.provider", "scalar") + ":");
      Map<String, OpGolden.Values> stages = stages(golden, tower);
      assertThat(stages)
          .containsOnlyKeys(
              "input",
              "input_size",
              "roi.boxes",
              "roi.segms",
              "stem",
              "res2",
              "res3",
              "res4",
              "roi.pooled",
              "roi.masked",
              "roi.features",
              "features");
      assertThat(golden.compare(stages)).isEmpty();
    }
  }

  /** The numbers of threads change no bit, nor do two passes at once. */
  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameBitsOnAnyNumberOfThreads(DetectorCase golden) {
    try (VcrTower one = builder(golden).threads(1).open();
        VcrTower two = builder(golden).threads(2).open()) {
      Map<String, OpGolden.Values> expected = stages(golden, one);
      Stream.of(two, two, one)
          .parallel()
          .forEach(
              tower ->
                  stages(golden, tower)
                      .forEach(
                          (name, values) ->
                              assertThat(
                                      Arrays.equals(values.numbers(), expected.get(name).numbers()))
                                  .as(name)
                                  .isTrue()));
    }
  }

  @Test
  void readsTheSameWeightsFromSafetensors() {
    DetectorCase golden = DetectorCase.of("vcr_small");
    JsonObject description = golden.description();
    String file = description.getString("weights_safetensors");
    try (VcrTower tower =
        VcrTower.builder(golden.folder().resolve(file)).canvas(128, 64).threads(1).open()) {
      assertThat(golden.compare(stages(golden, tower))).isEmpty();
    }
  }

  @Test
  void polygonMasks() {
    JsonObject golden =
        Json.parseObject(
            TestData.bytes(TestData.ROOT.resolve("goldens/detectors/ops/polygon_mask.json")));
    JsonArray boxes = golden.getArray("boxes");
    assertThat(boxes.size()).isPositive();
    for (int i = 0; i < boxes.size(); i++) {
      float[] mask = new float[PolygonMask.SIZE * PolygonMask.SIZE];
      double[][] polygon = numbers(golden.getArray("polygons").getArray(i));
      PolygonMask.fill(row(boxes.getArray(i)), new double[][][] {polygon}, mask, 0);
      double[] expected =
          Arrays.stream(numbers(golden.getArray("masks").getArray(i)))
              .flatMapToDouble(Arrays::stream)
              .toArray();
      double[] found = new double[mask.length];
      Arrays.setAll(found, cell -> mask[cell]);
      assertThat(found).as("mask %d", i).containsExactly(expected);
    }
  }

  private static double[][] numbers(JsonArray rows) {
    double[][] numbers = new double[rows.size()][];
    Arrays.setAll(numbers, i -> row(rows.getArray(i)));
    return numbers;
  }

  private static double[] row(JsonArray array) {
    double[] row = new double[array.size()];
    Arrays.setAll(row, array::getDouble);
    return row;
  }

  static VcrTowerBuilder builder(DetectorCase golden) {
    JsonObject description = golden.description();
    JsonArray canvas = description.getArray("canvas");
    return VcrTower.builder(golden.folder().resolve(description.getString("weights")))
        .canvas(canvas.getInt(0), canvas.getInt(1))
        .batchStatistics(description.getBoolean("batch_statistics", false));
  }

  static GivenRegions regions(DetectorCase golden) {
    return GivenRegions.parse(
        TestData.bytes(golden.folder().resolve(golden.description().getString("regions"))),
        "regions.json");
  }

  private static Map<String, OpGolden.Values> stages(DetectorCase golden, VcrTower tower) {
    return DetectorCase.stages(sink -> tower.trace(golden.picture(), regions(golden), sink));
  }
}
