package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Nlvr2AccuracyTest {
  @TempDir private Path folder;
  private Path annotations;

  /** Two sentences about set 850, one with two pairs, and one about set 9. */
  @BeforeEach
  void annotate() {
    annotations =
        Texts.write(
            folder.resolve("dev.json"),
            """
            {"sentence": "A", "label": "True", "identifier": "dev-850-0-0", "validation": {"1": "True"}}
            {"sentence": "A", "label": "False", "identifier": "dev-850-1-0"}
            {"sentence": "B", "label": "True", "identifier": "dev-850-0-1"}
            {"sentence": "C", "label": false, "identifier": "dev-9-3-0"}
            """);
  }

  private Nlvr2Scores evaluate(String predictions, boolean allowMissing) {
    return Nlvr2Accuracy.evaluate(
        Texts.write(folder.resolve("predictions"), predictions), annotations, allowMissing);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        dev-850-0-0,True
        dev-850-0-1,True

        dev-850-1-0,true
        dev-9-3-0, False
        """,
        """
        {"id":"dev-850-0-0","task":"nlvr2","answers":[{"label":"True","index":1,"score":0.9},{"label":"False","index":0,"score":0.1}]}
        {"id":"dev-850-0-1","task":"nlvr2","answers":[{"label":"LABEL_1","index":1,"score":0.9}]}
        {"id":"dev-850-1-0","task":"nlvr2","answers":[{"label":"true","index":1,"score":0.9}]}
        {"id":"dev-9-3-0","answers":[{"index":0,"score":0.6},{"index":1,"score":0.4}]}
        """
      })
  void countsExamplesAndSentences(String predictions) {
    Nlvr2Scores scores = evaluate(predictions, false);
    assertThat(scores.accuracy()).isEqualTo(new Share(3, 4));
    assertThat(scores.consistency()).isEqualTo(new Share(2, 3)); // A fails on its second pair
    assertThat(scores.coverage()).isEqualTo(new Coverage(0, 0));
  }

  @Test
  void countsWhatIsMissingAsWrong() {
    String predictions = "dev-850-0-0,True\ndev-850-0-1,True\nnew-1-1-1,True\n";
    Nlvr2Scores scores = evaluate(predictions, true);
    assertThat(scores.accuracy()).isEqualTo(new Share(2, 4));
    assertThat(scores.consistency()).isEqualTo(new Share(1, 3));
    assertThat(scores.coverage()).isEqualTo(new Coverage(2, 1));
    assertThatThrownBy(() -> evaluate(predictions, false))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "%s: 2 of %s are not predicted (dev-850-1-0, dev-9-3-0); 1 are not in %s (new-1-1-1); %s"
                .formatted(
                    folder.resolve("predictions"),
                    annotations,
                    annotations,
                    "--allow-missing counts missing predictions as wrong and ignores extra ones"));
  }

  @Test
  void countsRowsThatFailedAsMissing() {
    String predictions =
        """
        {"id":"dev-850-0-0","task":"nlvr2","answers":[{"label":"True","index":1,"score":0.9}]}
        {"id":"dev-850-0-1","error":"line 2: no such file"}
        {"id":"dev-850-1-0","error":"line 3: no such file"}
        {"id":"dev-9-3-0","task":"nlvr2","answers":[{"label":"False","index":0,"score":0.6}]}
        """;
    assertThat(evaluate(predictions, true).accuracy()).isEqualTo(new Share(2, 4));
    assertThatThrownBy(() -> evaluate(predictions, false))
        .hasMessageContaining("2 of " + annotations + " are not predicted")
        .hasMessageContaining("2 failed, the first in line 2");
  }

  /** A file of a run with failed rows, followed by that of a second run. */
  @Test
  void takesAPredictionForARowThatFailedElsewhere() {
    String predictions =
        """
        {"id":"dev-850-0-0","error":"line 1: no such file"}
        {"id":"dev-850-0-1","task":"nlvr2","answers":[{"label":"True","index":1,"score":0.9}]}
        {"id":"dev-850-1-0","task":"nlvr2","answers":[{"label":"False","index":0,"score":0.9}]}
        {"id":"dev-9-3-0","task":"nlvr2","answers":[{"label":"False","index":0,"score":0.6}]}
        {"id":"dev-850-0-0","task":"nlvr2","answers":[{"label":"True","index":1,"score":0.9}]}
        {"id":"9","error":"line 9: expected a value, found the end of the text"}
        """;
    assertThat(evaluate(predictions, false).accuracy()).isEqualTo(new Share(4, 4));
    assertThat(evaluate(predictions, false).coverage()).isEqualTo(new Coverage(0, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "dev-850-0-0,True~dev-9-3-0,maybe | line 2: expected identifier,True or identifier,False",
        "dev-850-0-0 | line 1: expected identifier,True or identifier,False",
        "dev-850-0-0,True~dev-850-0-0,True | line 2: dev-850-0-0 is predicted twice, first in line"
            + " 1",
        "{'id':true} | line 1: id: expected a string or an integer, found true",
        "{'id':1,'task':'vqa','answers':[]} | line 1: task: expected nlvr2, found \"vqa\"",
        "{'id':1,'answers':[]} | line 1: answers: expected at least one answer, found an array of"
            + " 0",
        "{'id':1,'answers':[{'label':'x','index':2}]} | line 1: answers[0].index: expected 1 for"
            + " true or 0 for false, found 2",
      })
  void saysWhatIsWrongWithPredictions(String predictions, String message) {
    assertThatThrownBy(() -> evaluate(predictions.replace('~', '\n').replace('\'', '"'), false))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("predictions") + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'label':'True'} | line 1: identifier: expected a string, found nothing",
        "{'identifier':'dev-1-1-1'} | line 1: label: expected a string, found nothing",
        "{'identifier':'dev-1-1-1','label':'yes'} | line 1: label: expected True or False, found"
            + " \"yes\"",
        "{'identifier':'dev-1-1','label':'True'} | line 1: identifier: expected"
            + " split-set-pair-sentence, found \"dev-1-1\"",
        "{'identifier':'dev-1-1-1','label':'True'}~{'identifier':'dev-1-1-1','label':'True'} | line"
            + " 2: dev-1-1-1 is annotated twice",
        "[] | expected annotations, found none",
      })
  void saysWhatIsWrongWithAnnotations(String text, String message) {
    Texts.write(annotations, text.replace('~', '\n').replace('\'', '"'));
    assertThatThrownBy(() -> evaluate("x,True", true))
        .isInstanceOf(InputException.class)
        .hasMessage(annotations + ": " + message);
  }
}
