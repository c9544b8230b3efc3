package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.error.InputException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VqaAccuracyTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 3", "2, 6", "3, 9", "4, 10", "9, 10", "10, 10"})
  void isTheMeanOverEachNineOfTheTen(int same, int tenths) {
    List<String> given = new ArrayList<>(Collections.nCopies(10, "cat"));
    Collections.fill(given.subList(0, same), "dog");
    assertThat(VqaAccuracy.tenths("dog", given)).isEqualTo(tenths);
    double mean =
        IntStream.range(0, 10)
            .mapToDouble(
                leftOut ->
                    Math.min(
                        1,
                        IntStream.range(0, 10)
                                .filter(i -> i != leftOut && given.get(i).equals("dog"))
                                .count()
                            / 3.0))
            .average()
            .orElseThrow();
    assertThat(tenths / 10.0).isCloseTo(mean, within(1e-12));
  }

  @Test
  void normalizesWhereAnnotatorsDisagree() {
    List<String> given = new ArrayList<>(Collections.nCopies(8, "cat"));
    given.addAll(List.of("The Dog.", "2 dogs"));
    assertThat(VqaAccuracy.tenths("a dog!", given)).isEqualTo(3);
    assertThat(VqaAccuracy.tenths("two, dogs", given)).isEqualTo(3);
  }

  @Test
  void comparesAsItIsWhereAnnotatorsAgree() {
    List<String> given = Collections.nCopies(10, "the dog.");
    assertThat(VqaAccuracy.tenths("dog", given)).isZero();
    assertThat(VqaAccuracy.tenths(" the dog.\n", given)).isEqualTo(10);
    assertThat(VqaAccuracy.tenths("The dog.", given)).isZero();
    assertThat(VqaAccuracy.tenths("stop", Collections.nCopies(10, "STOP"))).isZero();
  }

  /** 0.6, 1 and 0 make 53.33; all of yes/no is right, and 0.6 of the other 2. */
  @Test
  void adds() {
    Path annotations =
        Texts.write(
            folder.resolve("annotations.json"),
            "{\"info\": {\"annotations\": \"[{\"}, \"license\": null, \"annotations\": [\n"
                + annotation(1, "other", "what", "red", "red", "blue", "blue", "blue", "blue")
                + ",\n"
                + annotation(22, "yes/no", "is the", "yes", "yes", "yes", "yes", "no")
                + ",\n"
                + annotation(3, "other", "what", "cat")
                + "\n], \"data_type\": \"mscoco\"}\n");
    Path predictions =
        Texts.write(
            folder.resolve("result.json"),
            """
            [{"question_id": 1, "answer": "Red"}, {"question_id": 3, "answer": "dog"},
             {"question_id": 22, "answer": "yes"}]
            """);
    VqaScores scores = VqaAccuracy.evaluate(VqaPredictions.read(predictions), annotations, false);
    assertThat(scores.all()).isEqualTo(new Share(1.6, 3));
    assertThat(scores.all().percent()).isCloseTo(53.3333, within(1e-4));
    assertThat(scores.answerTypes())
        .containsExactly(entry("other", new Share(0.6, 2)), entry("yes/no", new Share(1, 1)));
    assertThat(scores.questionTypes())
        .containsExactly(entry("is the", new Share(1, 1)), entry("what", new Share(0.6, 2)));
    assertThat(scores.coverage()).isEqualTo(new Coverage(0, 0));
  }

  /** Returns an annotation whose ten answers are those given and "thing" for the rest. */
  static String annotation(long id, String answerType, String questionType, String... given) {
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      answers
          .append(i == 0 ? "" : ", ")
          .append("{\"answer\": \"%s\", ".formatted(i < given.length ? given[i] : "thing"))
          .append("\"answer_confidence\": \"yes\", \"answer_id\": %d}".formatted(i + 1));
    }
    return """
    {"question_type": "%s", "multiple_choice_answer": "%s", "answers": [%s], "image_id": 7,
     "answer_type": "%s", "question_id": %d}\
    """
        .formatted(questionType, given[0], answers, answerType, id);
  }

  @Test
  void writesWhatTheServerTakes() throws Exception {
    Path predictions =
        Texts.write(
            folder.resolve("answers.jsonl"),
            """
            {"id":"42","task":"vqa","answers":[{"label":"a \\"b\\"","index":5,"score":0.5},{"label":"c","index":6,"score":0.25}]}
            {"id":7,"task":"vqa","answers":[{"label":"no","index":1,"score":0.9}]}
            """);
    StringWriter out = new StringWriter();
    VqaPredictions.read(predictions).writeResult(out);
    assertThat(out)
        .hasToString(
            """
            [{"question_id":42,"answer":"a \\"b\\""},
            {"question_id":7,"answer":"no"}]
            """);
    Path again = Texts.write(folder.resolve("result.json"), out.toString());
    assertThat(VqaPredictions.read(again).size()).isEqualTo(2);
  }

  @Test
  void refusesAnswersWithoutNames() {
    Path predictions =
        Texts.write(
            folder.resolve("answers.jsonl"),
            """
            {"id":7,"task":"vqa","answers":[{"label":"LABEL_1","index":1,"placeholder":true,"score":0.9}]}
            """);
    assertThatThrownBy(() -> VqaPredictions.read(predictions))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("answers.jsonl: line 1")
        .hasMessageContaining("--labels")
        .hasMessageContaining("LABEL_1");
  }
}
