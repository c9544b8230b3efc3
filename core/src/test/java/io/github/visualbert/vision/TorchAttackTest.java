package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Features in pickles: the reader is that of weights, which has its own tests; these hold what a
 * feature file adds.
 */
class TorchAttackTest {
  private static final Path MALFORMED = TestData.ROOT.resolve("goldens/malformed/torch");

  private static void readAll(Path file) {
    try (FeatureFile open = FeatureFile.open(file)) {
      for (String name : open.names()) {
        try {
          open.read(name);
        } catch (InputException e) { // a vector is no picture's features
          if (!e.getMessage().contains("expected features of shape")) {
            throw e;
          }
        }
      }
    }
  }

  @Test
  void whatWeightsMayNotBeFeaturesMayNotBeEither() {
    JsonObject expected = Json.parseObject(TestData.bytes(MALFORMED.resolve("expected.json")));
    List<String> taken = new ArrayList<>();
    for (String name : expected.keys()) {
      try {
        readAll(MALFORMED.resolve(name));
        taken.add(name);
      } catch (InputException e) {
        assertThat(e.getMessage())
            .as(name)
            .startsWith(MALFORMED.resolve(name).toString())
            .doesNotContain("\n");
        assertThat(expected.getObject(name).getString("expect")).as(name).isNotEqualTo("accept");
      }
    }
    assertThat(taken).contains("good_zip.bin", "good_legacy.bin");
    assertThat(taken)
        .noneMatch(name -> expected.getObject(name).getString("expect").equals("reject"));
  }

  @Test
  void aPickleThatAsksToRunSomethingIsHostile() {
    for (String name :
        List.of("call_os_system.bin", "call_os_system_legacy.bin", "call_eval.bin")) {
      assertThatThrownBy(() -> FeatureFile.read(MALFORMED.resolve(name)))
          .isInstanceOfSatisfying(
              InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HOSTILE));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"authors.th", "authors-legacy.th", "dictionaries.th"})
  void mutationsAreTakenOrRefused(String name, @TempDir Path folder) {
    Path file = folder.resolve("a.th");
    byte[] seed = TestData.bytes(TestData.FEATURES.resolve(name));
    new Mutants(List.of(seed), InputException.class, 400)
        .attack(200, file, TorchAttackTest::readAll);
  }
}
