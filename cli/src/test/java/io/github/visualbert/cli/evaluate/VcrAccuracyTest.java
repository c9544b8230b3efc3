package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VcrAccuracyTest {
  @TempDir private Path folder;
  private Path annotations;

  @BeforeEach
  void annotate() {
    annotations =
        Texts.write(
            folder.resolve("val.jsonl"),
            """
            {"annot_id": "val-0", "answer_label": 0, "rationale_label": 3, "question": ["Why", [0, 1]]}
            {"annot_id": "val-1", "answer_label": 1, "rationale_label": 2}
            {"annot_id": "val-2", "answer_label": 2, "rationale_label": 1}
            {"annot_id": "val-3", "answer_label": 3, "rationale_label": 0}
            """);
  }

  /** Returns lines that choose one of four for each of the questions. */
  private Path choose(String name, int... choices) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < choices.length; i++) {
      lines.append(
          """
          {"id":"val-%d","task":"vcr","answers":[{"label":"x","index":%d,"score":0.9},{"label":"y","index":%d,"score":0.1}]}
          """
              .formatted(i, choices[i], 3 - choices[i]));
    }
    return Texts.write(folder.resolve(name), lines.toString());
  }

  @Test
  void countsAnswersRationalesAndBoth() {
    Path answers = choose("answers", 0, 1, 2, 0); // the last is wrong
    Path rationales = choose("rationales", 3, 0, 1, 0); // the second is wrong
    VcrScores scores = VcrAccuracy.evaluate(answers, rationales, annotations, false);
    assertThat(scores)
        .isEqualTo(
            new VcrScores(new Share(3, 4), new Share(3, 4), new Share(2, 4), new Coverage(0, 0)));
  }

  @Test
  void doesWithoutRationales() {
    assertThat(VcrAccuracy.evaluate(choose("answers", 0, 0, 0, 0), null, annotations, false))
        .isEqualTo(new VcrScores(new Share(1, 4), null, null, new Coverage(0, 0)));
  }

  @Test
  void countsWhatIsMissingOnEitherSide() {
    Path answers = choose("answers", 0, 1);
    Path rationales = choose("rationales", 3, 2, 1, 0, 0);
    assertThat(VcrAccuracy.evaluate(answers, rationales, annotations, true))
        .isEqualTo(
            new VcrScores(new Share(2, 4), new Share(4, 4), new Share(2, 4), new Coverage(2, 1)));
    assertThatThrownBy(() -> VcrAccuracy.evaluate(answers, rationales, annotations, false))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            answers + ": 2 of " + annotations + " are not predicted (val-2, val-3)");
  }

  /** Returns a submission's line: a probability of 0.7 for what is chosen. */
  static String row(String id, int... chosen) {
    List<String> cells = new ArrayList<>(List.of(id));
    for (int choice : chosen) {
      for (int i = 0; i < 4; i++) {
        cells.add(i == choice ? "0.7" : "1e-1");
      }
    }
    return String.join(",", cells) + "\n";
  }

  static String header() {
    StringBuilder header = new StringBuilder("annot_id");
    for (int i = 0; i < 20; i++) {
      String group = i < 4 ? "answer_" : "rationale_conditioned_on_a" + (i / 4 - 1) + "_";
      header.append(',').append(group).append(i % 4);
    }
    return header.append('\n').toString();
  }

  @Test
  void readsSubmissions() {
    Path submission =
        Texts.write(
            folder.resolve("submission.csv"),
            header()
                + row("val-0", 0, 3, 0, 0, 0) // both right
                + row("val-1", 2, 0, 2, 0, 0) // rationale right, given the right answer
                + row("val-2", 2, 1, 1, 0, 1) // answer right
                + row("val-3", 0, 1, 0, 0, 1)); // none
    assertThat(VcrAccuracy.evaluate(submission, null, annotations, false))
        .isEqualTo(
            new VcrScores(new Share(2, 4), new Share(2, 4), new Share(1, 4), new Coverage(0, 0)));
    assertThatThrownBy(() -> VcrAccuracy.evaluate(submission, submission, annotations, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds rationales itself");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "annot_id,answer_0 | line 1: expected a column answer_1",
        "HEADER~val-0,1 | line 2: expected 21 columns, found 2",
        "HEADER~~NAN | line 3: answer_0: expected a number, found 'NaN'",
        "HEADER~WORD | line 2: rationale_conditioned_on_a3_3: expected a number, found 'x'",
        "HEADER~ROW~ROW | line 3: val-0 is predicted twice, first in line 2",
      })
  void saysWhatIsWrongWithSubmissions(String text, String message) {
    String row = row("val-0", 0, 0, 0, 0, 0).strip();
    Path submission =
        Texts.write(
            folder.resolve("submission.csv"),
            text.replace("HEADER", header().strip())
                .replace("ROW", row)
                .replace("NAN", row.replaceFirst("0\\.7", "NaN"))
                .replace("WORD", row.replaceFirst("1e-1$", "x"))
                .replace('~', '\n'));
    assertThatThrownBy(() -> VcrAccuracy.evaluate(submission, null, annotations, true))
        .isInstanceOf(InputException.class)
        .hasMessage(submission + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'annot_id':'a','rationale_label':0} | line 1: answer_label: expected an integer of 32"
            + " bits, found nothing",
        "{'annot_id':'a','answer_label':4,'rationale_label':0} | line 1: answer_label: expected 0"
            + " to 3, found 4",
        "{'answer_label':1} | line 1: annot_id: expected a string or an integer, found nothing",
      })
  void saysWhatIsWrongWithAnnotations(String text, String message) {
    Texts.write(annotations, text.replace('\'', '"'));
    assertThatThrownBy(() -> VcrAccuracy.evaluate(choose("answers", 0), null, annotations, true))
        .isInstanceOf(InputException.class)
        .hasMessage(annotations + ": " + message);
  }

  @Test
  void saysWhatIsWrongWithPredictions() {
    assertThatThrownBy(() -> VcrAccuracy.evaluate(choose("answers", 0, 4), null, annotations, true))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("line 2: answers[0].index: expected 0 to 3, found 4");
    Path empty = Texts.write(folder.resolve("empty"), "\n");
    assertThatThrownBy(() -> VcrAccuracy.evaluate(empty, null, annotations, true))
        .isInstanceOf(InputException.class)
        .hasMessage(empty + ": expected predictions, found none");
  }
}
