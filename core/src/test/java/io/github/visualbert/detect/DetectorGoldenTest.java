package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
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
}
