package io.github.visualbert.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.VisualBert;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.error.InputException;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What callers may ask of every task: nothing at all, or too little, or too much. */
class TaskArgumentsTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  private static final Path SCENE = DEMO.resolve("images/scene-1.png");

  /** Asks each task an empty list; the number of answers is that of {@code topK}. */
  private static Map<String, Function<VisualBert, List<?>>> asks(int topK) {
    Map<String, Function<VisualBert, List<?>>> asks = new LinkedHashMap<>();
    asks.put("vqa", model -> model.questionAnswering().answer(List.of(), topK));
    asks.put("region-to-phrase", model -> model.phraseGrounding().ground(List.of(), topK));
    asks.put("pretraining", model -> model.preTraining().complete(List.of(), topK));
    return asks;
  }

  @Test
  void nothingAskedIsNothingAnswered() {
    Map<String, Function<VisualBert, List<?>>> asks = asks(1);
    asks.put("multiple-choice", model -> model.multipleChoice().choose(List.of()));
    asks.put("nlvr2", model -> model.visualReasoning().judge(List.of()));
    SoftAssertions all = new SoftAssertions();
    asks.forEach(
        (name, ask) -> {
          try (VisualBert model = VisualBert.open(DEMO.resolve(name))) {
            all.assertThat(ask.apply(model)).as(name).isEmpty();
          }
        });
    all.assertAll();
    try (VisualBert base = VisualBert.builder(DEMO.resolve("nlvr2")).head(HeadType.BASE).open()) {
      assertThat(base.featureExtraction().extract(List.of(), true)).isEmpty();
    }
  }

  @Test
  void nothingIsAnsweredAfterCloseEither() {
    VisualBert model = VisualBert.open(DEMO.resolve("vqa"));
    QuestionAnswering task = model.questionAnswering();
    model.close();
    assertThatThrownBy(() -> task.answer(List.of(), 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void atLeastOneAnswerIsAskedFor() {
    SoftAssertions all = new SoftAssertions();
    for (int topK : new int[] {0, -1}) {
      asks(topK)
          .forEach(
              (name, ask) -> {
                try (VisualBert model = VisualBert.open(DEMO.resolve(name))) {
                  all.assertThatThrownBy(() -> ask.apply(model))
                      .as(name)
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessage("topK is %d, expected at least 1".formatted(topK));
                }
              });
    }
    all.assertAll();
  }

  @Test
  void aTextOfMillionsIsCutAndOneOfMoreRefused() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      VisualFeatures picture = model.regions(SCENE);
      QuestionAnswering task = model.questionAnswering();
      assertThat(task.answer("a ".repeat(1 << 21), picture, 1).truncated()).isTrue();
      assertThatThrownBy(() -> task.answer("a ".repeat(5 << 19), picture, 1))
          .isInstanceOf(InputException.class)
          .hasMessage("a text has 5242880 chars, expected at most 4194304");
    }
  }
}
