package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.config.Preset;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.Answer;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PhraseGrounding.GroundedPhrase;
import io.github.visualbert.task.PreTraining;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Every example of the demo models, from the picture file to the reference's answer. */
class DemoExamplesTest {
  private static final double SCORE_TOLERANCE = 1e-4;
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  private static final Path IMAGES = DEMO.resolve("images");

  @Test
  void answersQuestions() {
    forEach(
        "vqa",
        "vqa",
        (model, example) ->
            check(
                example,
                example.getObject("expected"),
                model
                    .questionAnswering()
                    .answer(example.getString("question"), picture(model, example, 0), 5)));
  }

  /** The authors' way appends {@code ? [MASK]}, the examples' expectation only {@code [MASK]}. */
  @Test
  void answersQuestionsTheAuthorsWay() {
    List<JsonObject> examples =
        examples("vqa").stream().filter(e -> e.getString("question").endsWith("?")).toList();
    assertThat(examples).hasSizeGreaterThan(20);
    try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).preset(Preset.AUTHORS).open()) {
      for (JsonObject example : examples) {
        Answer best =
            model
                .questionAnswering()
                .answer(example.getString("question"), picture(model, example, 0), 1)
                .best();
        JsonObject expected = example.getObject("expected_authors_way");
        assertThat(best.label()).isEqualTo(expected.getString("answer"));
        assertThat(best.score())
            .as(example.getString("question"))
            .isCloseTo(expected.getDouble("score"), within(SCORE_TOLERANCE));
      }
    }
  }

  @Test
  void judgesStatements() {
    forEach(
        "nlvr2",
        "nlvr2",
        (model, example) ->
            check(
                example,
                example.getObject("expected"),
                model
                    .visualReasoning()
                    .judge(
                        example.getString("statement"),
                        picture(model, example, 0),
                        picture(model, example, 1))));
  }

  @Test
  void choosesAnswers() {
    forEach(
        "multiple-choice",
        "multiple-choice",
        (model, example) -> {
          List<String> choices = example.getArray("choices").toStrings();
          Ranking ranking =
              model
                  .multipleChoice()
                  .choose(example.getString("question"), choices, picture(model, example, 0));
          checkIndices(example, example.getObject("expected"), ranking);
          assertThat(ranking.best().label()).isEqualTo(choices.get(ranking.best().index()));
        });
  }

  @Test
  void groundsPhrases() {
    forEach(
        "region-to-phrase",
        "region-to-phrase",
        (model, example) -> {
          List<JsonObject> phrases = new ArrayList<>();
          example.getArray("phrases").forEach(p -> phrases.add((JsonObject) p));
          String caption = example.getString("caption");
          List<String> words = phrases.stream().map(p -> p.getString("word")).toList();
          List<GroundedPhrase> grounded =
              model
                  .phraseGrounding()
                  .ground(
                      caption, PhraseGrounding.find(caption, words), picture(model, example, 0), 5);
          for (int i = 0; i < phrases.size(); i++) {
            assertThat(grounded.get(i).text()).isEqualTo(words.get(i));
            checkIndices(example, phrases.get(i).getObject("expected"), grounded.get(i).regions());
          }
        });
  }

  @Test
  void completesSentences() {
    forEach(
        "pretraining",
        "pretraining",
        (model, example) -> {
          PreTraining.Completion completion =
              model
                  .preTraining()
                  .complete(example.getString("text"), picture(model, example, 0), 5);
          JsonObject expected = example.getObject("expected");
          if (example.getString("kind").equals("match")) {
            boolean matches = expected.getString("answer").equals("match");
            double score = matches ? completion.match() : 1 - completion.match();
            assertThat(score).isCloseTo(expected.getDouble("score"), within(SCORE_TOLERANCE));
            assertThat(completion.words()).isEmpty();
          } else {
            assertThat(completion.match())
                .isCloseTo(example.getDouble("match_score"), within(SCORE_TOLERANCE));
            check(example, expected, completion.words().getFirst());
          }
        });
  }

  private static void forEach(
      String task, String folder, BiConsumer<VisualBert, JsonObject> check) {
    List<JsonObject> examples = examples(task);
    assertThat(examples).isNotEmpty();
    try (VisualBert model = VisualBert.open(DEMO.resolve(folder))) {
      examples.forEach(example -> check.accept(model, example));
    }
  }

  private static void check(JsonObject example, JsonObject expected, Ranking ranking) {
    List<String> labels = new ArrayList<>();
    for (JsonValue top : expected.getArray("top5")) {
      labels.add(((JsonObject) top).getString("answer"));
    }
    assertThat(ranking.answers().stream().map(Answer::label).limit(labels.size()))
        .as(example.keys() + " of " + example.getString("task"))
        .isEqualTo(labels);
    checkScores(expected, ranking);
  }

  private static void checkIndices(JsonObject example, JsonObject expected, Ranking ranking) {
    List<Integer> indices = new ArrayList<>();
    for (JsonValue top : expected.getArray("top5")) {
      indices.add(((JsonObject) top).getInt("answer"));
    }
    assertThat(ranking.best().index()).as(example.getString("task")).isEqualTo(indices.getFirst());
    checkScores(expected, ranking);
  }

  private static void checkScores(JsonObject expected, Ranking ranking) {
    int i = 0;
    for (JsonValue top : expected.getArray("top5")) {
      assertThat(ranking.answers().get(i++).score())
          .isCloseTo(((JsonObject) top).getDouble("score"), within(SCORE_TOLERANCE));
    }
  }

  private static VisualFeatures picture(VisualBert model, JsonObject example, int index) {
    return model.regions(IMAGES.resolve(example.getArray("images").getString(index)));
  }

  private static List<JsonObject> examples(String task) {
    try {
      return Files.readAllLines(IMAGES.resolve("examples.jsonl")).stream()
          .map(line -> (JsonObject) Json.parse(line))
          .filter(example -> example.getString("task").equals(task))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
