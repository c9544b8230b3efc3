package io.github.visualbert.ask;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.config.Preset;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many rows a request has, which services tell their clients. */
class RowsTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  private static final String TEXT = "how many rings ?";
  private static final int TOKENS = 6; // with [CLS] and [SEP]
  private static final int REGIONS = 7;

  private static Request request(TaskName task, String text, List<String> choices) {
    VisualFeatures regions = VisualFeatures.of("zeros", new float[REGIONS * 196], REGIONS, 196);
    return new Request(
        JsonValue.Null.NULL,
        text,
        choices,
        task == TaskName.FLICKR ? PhraseGrounding.find(text, List.of("rings")) : List.of(),
        Collections.nCopies(task.pictures(), regions));
  }

  @ParameterizedTest
  @CsvSource({
    "VQA, vqa, 13", // 6 + 7
    "NLVR2, nlvr2, 20", // 6 + 2 * 7
    "VCR, multiple-choice, 31", // 6 + "red" and [SEP] + 7, and one more word of the other
    "FLICKR, region-to-phrase, 13",
    "PRETRAIN, pretraining, 13",
    "ENCODE, pretraining, 13"
  })
  void areTokensAndRegions(TaskName task, String folder, int rows) {
    List<String> choices = task == TaskName.VCR ? List.of("red", "blue ring") : List.of();
    try (VisualBert model = VisualBert.open(DEMO.resolve(folder))) {
      TaskRunner runner = TaskRunner.of(task, model, 1, true);
      Request request = request(task, TEXT, choices);
      assertThat(runner.rows(request)).isEqualTo(rows);
      if (task == TaskName.ENCODE) {
        Tensor states = ((Reply.Vectors) runner.ask(List.of(request)).getFirst()).lastHiddenState();
        assertThat(states.size(0)).isEqualTo(rows);
      }
    }
  }

  @Test
  void areThoseThatTheModelReads() {
    String cut = "how ".repeat(100); // the model has 64 positions
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      TaskRunner runner = TaskRunner.of(TaskName.VQA, model, 1, false);
      assertThat(runner.rows(request(TaskName.VQA, cut, List.of()))).isEqualTo(64 + REGIONS);
    }
    try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).preset(Preset.AUTHORS).open()) {
      TaskRunner runner = TaskRunner.of(TaskName.VQA, model, 1, false);
      assertThat(runner.rows(request(TaskName.VQA, TEXT, List.of()))) // and [MASK]
          .isEqualTo(TOKENS + 1 + REGIONS);
    }
  }
}
