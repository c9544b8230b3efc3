package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stage of every detector of the golden data, on the provider that the build names. */
class DetectorGoldenTest {
  static Stream<DetectorCase> cases() {
    return DetectorCase.all().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTheReferenceDoes(DetectorCase golden) {
    try (RegionDetector detector = golden.builder().threads(1).open()) {
      assertThat(detector.kernels())
          .startsWith(System.getProperty("visualbert.provider", "scalar") + ":");
      Map<String, OpGolden.Values> stages = golden.stages(detector);
      assertThat(stages).containsKeys("input", "stem", "res4", "roi.pooled", "kept", "features");
      assertThat(golden.compare(stages)).isEmpty();
    }
  }

  /** The numbers of threads change no bit, nor do two detections at once. */
  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameBitsOnAnyNumberOfThreads(DetectorCase golden) {
    try (RegionDetector one = golden.builder().threads(1).open();
        RegionDetector two = golden.builder().threads(2).open()) {
      Map<String, OpGolden.Values> expected = golden.stages(one);
      Stream.of(two, two, one)
          .parallel()
          .forEach(
              detector ->
                  golden
                      .stages(detector)
                      .forEach(
                          (name, values) ->
                              assertThat(
                                      Arrays.equals(values.numbers(), expected.get(name).numbers()))
                                  .as(name)
                                  .isTrue()));
    }
  }

  /** What a region was selected by, and the classes it may be of, come after the detection too. */
  @ParameterizedTest
  @MethodSource("cases")
  void saysOfRegionsWhatTheyWereSelectedBy(DetectorCase golden) {
    try (RegionDetector detector = golden.builder().threads(1).open()) {
      Map<String, OpGolden.Values> stages = golden.stages(detector);
      Detection detection = detector.detect(golden.picture());
      Tensor classes = detector.classProbabilities(detection.features());
      assertThat(classes.size(0)).isEqualTo(detection.regions().size());
      OpGolden.Values conf = stages.get("conf"); // of pyramids
      OpGolden.Values all = stages.get("cls_prob"); // of pythia
      for (int i = 0; i < detection.regions().size(); i++) {
        Region region = detection.regions().get(i);
        assertThat(region.selectionConfidence())
            .isEqualTo(conf == null ? region.confidence() : (float) conf.numbers()[i]);
        float best = classes.getFloat(i * classes.size(1) + region.objectId());
        assertThat(best).isEqualTo(region.confidence());
      }
      if (all != null) {
        assertThat(classes.shape()).isEqualTo(all.shape());
        for (int i = 0; i < all.numbers().length; i++) {
          assertThat((double) classes.getFloat(i)).isEqualTo(all.numbers()[i]);
        }
      }
    }
  }
}
