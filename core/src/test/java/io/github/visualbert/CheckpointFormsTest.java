package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.task.Ranking;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One model in the ways in which trainers and tools leave it: the same answer from each. */
class CheckpointFormsTest {
  private static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  private static final Path CHECKPOINTS = TESTDATA.resolve("checkpoints");
  private static final Path SCENE = TESTDATA.resolve("demo/images/scene-1.png");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admitted.bin",
        "admitted-legacy.bin",
        "attributes.bin",
        "best-accuracy.bin",
        "lightning.ckpt",
        "other-attribute.bin",
        "own-key.bin",
        "parameters.bin",
        "parts.bin",
        "pos-weight.safetensors",
        "wrapped.safetensors",
      })
  void answersAsFromTheFolderOfTransformers(String weights) {
    assertThat(answer(CHECKPOINTS.resolve(weights)))
        .isEqualTo(answer(CHECKPOINTS.resolve("tiny/model.safetensors")));
  }

  @Test
  void namesTensorsOfNoPartOfTheModel() {
    try (VisualBert model = open("pos-weight.safetensors")) {
      assertThat(model.ignoredTensors()).containsExactly("loss_fct.pos_weight");
    }
    try (VisualBert model = open("tiny/model.safetensors")) {
      assertThat(model.ignoredTensors()).isEmpty();
    }
  }

  private static VisualBert open(String weights) {
    return VisualBert.builder(CHECKPOINTS.resolve("tiny"))
        .weights(CHECKPOINTS.resolve(weights))
        .threads(1)
        .open();
  }

  @Test
  void answersFromTheTokenizerOfTransformers5(@TempDir Path folder) throws IOException {
    for (String name : new String[] {"config.json", "preprocessor_config.json"}) {
      Files.copy(CHECKPOINTS.resolve("tiny").resolve(name), folder.resolve(name));
    }
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(CHECKPOINTS.resolve("transformers-5").resolve(name), folder.resolve(name));
    }
    Path weights = CHECKPOINTS.resolve("tiny/model.safetensors");
    assertThat(answer(folder, weights)).isEqualTo(answer(weights));
  }

  private static Ranking answer(Path weights) {
    return answer(CHECKPOINTS.resolve("tiny"), weights);
  }

  private static Ranking answer(Path folder, Path weights) {
    try (VisualBert model = VisualBert.builder(folder).weights(weights).threads(1).open()) {
      VisualFeatures picture = model.regions(SCENE);
      return model.questionAnswering().answer("what is the colour of the ring?", picture, 35);
    }
  }
}
