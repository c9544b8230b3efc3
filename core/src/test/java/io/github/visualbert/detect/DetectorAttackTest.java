package io.github.visualbert.detect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.picture.Picture;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files of detectors: each gives a detector that works, or is refused in one line, within
 * the memory that the file itself pays for.
 */
class DetectorAttackTest {
  /** What opening a detector and looking at a picture allocate on the heap, many times over. */
  private static final long HEAP = 64 << 20;

  /** More than any of the golden detectors needs, and less than takes long. */
  private static final long SMALL = 16 << 20;

  @TempDir private Path folder;

  /** The forms of a configuration, and a case of each. */
  enum Form {
    BUTD("butd_small", BottomUpConfig::recognises, BottomUpConfig::read),
    PYTHIA("pythia_small", BenchmarkConfig::recognises, BenchmarkConfig::read),
    MASK_RCNN("mask_rcnn_small", DetectronConfig::recognises, DetectronConfig::read);

    private final DetectorCase golden;
    private final Predicate<ConfigSection> recogniser;
    private final Function<ConfigSection, DetectorConfig> reader;

    Form(
        String golden,
        Predicate<ConfigSection> recogniser,
        Function<ConfigSection, DetectorConfig> reader) {
      this.golden = DetectorCase.of(golden);
      this.recogniser = recogniser;
      this.reader = reader;
    }

    private byte[] config() {
      return TestData.bytes(golden.folder().resolve("config.json"));
    }
  }

  private static void look(RegionDetectorBuilder builder, Picture picture) {
    try (RegionDetector detector = builder.provider("scalar").threads(1).open()) {
      // A damaged number may ask for a large picture or many regions, which takes its time.
      if (detector.estimatedBytes(picture.width(), picture.height()) < SMALL) {
        detector.detect(picture);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void configurationsAreReadOrRefused(Form form) {
    new Mutants(List.of(form.config()), JsonException.class, 400)
        .attack(
            2000,
            mutant -> {
              ConfigSection root = new ConfigSection(Json.parseObject(mutant));
              var _ = form.recogniser.test(root);
              assertThat(form.reader.apply(root)).isNotNull();
            });
  }

  @ParameterizedTest
  @EnumSource
  void configurationsGiveADetectorOrARefusal(Form form) {
    Picture picture = form.golden.picture();
    new Mutants(List.of(form.config()), VisualBertException.class, 400)
        .constant(HEAP)
        .attack(
            100,
            mutant ->
                look(
                    form.golden.builder().configuration(new String(mutant, UTF_8), "config.yaml"),
                    picture));
  }

  /** Every container: zip and old files of torch.save, pickles of numpy, of Python 2 and 3. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "butd_small",
        "butd_wide",
        "butd_few",
        "pythia_small",
        "mask_rcnn_small",
        "mask_rcnn_exact"
      })
  void weightsGiveADetectorOrARefusal(String name) {
    DetectorCase golden = DetectorCase.of(name);
    Picture picture = golden.picture();
    byte[] weights =
        TestData.bytes(golden.folder().resolve(golden.description().getString("weights")));
    new Mutants(List.of(weights), VisualBertException.class, 100)
        .constant(HEAP)
        .attack(
            40, folder.resolve("weights"), file -> look(golden.builder().weights(file), picture));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vcr_small", "vcr_full"})
  void weightsGiveATowerOrARefusal(String name) {
    DetectorCase golden = DetectorCase.of(name);
    Picture picture = golden.picture();
    byte[] weights =
        TestData.bytes(golden.folder().resolve(golden.description().getString("weights")));
    GivenRegions regions = VcrTowerGoldenTest.regions(golden);
    new Mutants(List.of(weights), VisualBertException.class, 100)
        .constant(HEAP)
        .attack(
            40,
            folder.resolve("weights"),
            file -> {
              try (VcrTower tower =
                  VcrTower.builder(file).canvas(128, 64).provider("scalar").threads(1).open()) {
                tower.look(picture, regions);
              }
            });
  }

  @Test
  void regionsAreLookedAtOrRefused() {
    DetectorCase golden = DetectorCase.of("vcr_small");
    Picture picture = golden.picture();
    byte[] regions =
        TestData.bytes(golden.folder().resolve(golden.description().getString("regions")));
    new Mutants(List.of(regions), InputException.class, 400)
        .attack(2000, mutant -> GivenRegions.parse(mutant, "regions.json"));
    try (VcrTower tower = VcrTowerGoldenTest.builder(golden).threads(1).open()) {
      new Mutants(List.of(regions), InputException.class, 400)
          .constant(HEAP)
          .attack(100, mutant -> tower.look(picture, GivenRegions.parse(mutant, "regions.json")));
    }
  }
}
