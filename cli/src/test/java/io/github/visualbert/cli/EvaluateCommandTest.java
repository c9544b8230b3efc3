package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluateCommandTest {
  @TempDir private Path folder;

  private Path file(String name, String text) {
    return Cli.write(folder.resolve(name), text);
  }

  /** Three questions, answered by all ten annotators alike but for one "red" of the first. */
  private Path vqaAnnotations() {
    return file(
        "annotations.json",
        "{\"annotations\": [%s,%n%s,%n%s]}"
            .formatted(
                annotation(1, "other", "\"red\"", 1, "\"blue\""),
                annotation(2, "yes/no", "\"yes\"", 10, ""),
                annotation(3, "number", "\"2\"", 10, "")));
  }

  private static String annotation(long id, String type, String answer, int count, String rest) {
    String given =
        String.join(",", Collections.nCopies(count, "{\"answer\":" + answer + "}"))
            + (",{\"answer\":" + rest + "}").repeat(10 - count);
    return "{\"question_id\":%d,\"answer_type\":\"%s\",\"question_type\":\"how\",\"answers\":[%s]}"
        .formatted(id, type, given);
  }

  private Path vqaAnswers() {
    return file(
        "answers.jsonl",
        """
        {"id":"1","task":"vqa","answers":[{"label":"red","index":0,"score":0.75},{"label":"blue","index":2,"score":0.2}]}
        {"id":"2","task":"vqa","answers":[{"label":"yes","index":17,"score":0.9}]}
        {"id":"3","task":"vqa","answers":[{"label":"3","index":22,"score":0.5}]}
        """);
  }

  /** 0.3, 1 and 0: 43.33. */
  @Test
  void printsVqa() {
    Object[] args = {
      "evaluate", "--task", "vqa", "--predictions", vqaAnswers(), "--annotations", vqaAnnotations()
    };
    assertThat(Cli.run(args).answer())
        .isEqualToNormalizingNewlines(
            """
            answers  accuracy  questions
            all         43.33          3
            number       0.00          1
            other       30.00          1
            yes/no     100.00          1
            """);
    assertThat(Cli.run(withFormat(args)).answer())
        .isEqualToNormalizingNewlines(
            "{\"task\":\"vqa\",\"questions\":3,\"accuracy\":43.333333333333336,\"answer_types\":{"
                + "\"number\":{\"questions\":1,\"accuracy\":0.0},"
                + "\"other\":{\"questions\":1,\"accuracy\":30.0},"
                + "\"yes/no\":{\"questions\":1,\"accuracy\":100.0}},"
                + "\"question_types\":{\"how\":{\"questions\":3,\"accuracy\":43.333333333333336}},"
                + "\"missing\":0,\"extra\":0}\n");
  }

  private static Object[] withFormat(Object[] args) {
    Object[] more = Arrays.copyOf(args, args.length + 2);
    more[args.length] = "--format";
    more[args.length + 1] = "json";
    return more;
  }

  @Test
  void writesTheResultForTheServer() {
    Path result = folder.resolve("result.json");
    Object[] args = {
      "evaluate", "--task", "vqa", "--predictions", vqaAnswers(), "--result", result
    };
    assertThat(Cli.run(args).answer())
        .isEqualToNormalizingNewlines("3 answers in " + result + "\n");
    assertThat(Cli.read(result))
        .isEqualTo(
            """
            [{"question_id":1,"answer":"red"},
            {"question_id":2,"answer":"yes"},
            {"question_id":3,"answer":"3"}]
            """);
    assertThat(Cli.run(withFormat(args)).answer())
        .startsWith("{\"task\":\"vqa\",\"answers\":3,\"result\":");
    assertThat(
            Cli.run(
                    "evaluate",
                    "--task",
                    "vqa",
                    "--predictions",
                    result,
                    "--annotations",
                    vqaAnnotations(),
                    "--result",
                    folder.resolve("again.json"))
                .answer())
        .contains("43.33");
    assertThat(folder.resolve("again.json")).hasSameBinaryContentAs(result);
  }

  @Test
  void writesNoResultWhereAnswersFailed() {
    Path result = folder.resolve("result.json");
    Path answers =
        file(
            "answers.jsonl",
            """
            {"id":1,"task":"vqa","answers":[{"label":"red","index":0,"score":0.75}]}
            {"id":2,"error":"line 2: no such file"}
            """);
    Object[] args = {"evaluate", "--task", "vqa", "--predictions", answers, "--result", result};
    assertThat(Cli.run(args).refusal(ExitCode.BAD_INPUT))
        .isEqualTo(
            "visualbert evaluate: %s: line 2: expected an answer, found the first of 1 errors; --allow-missing leaves them out"
                .formatted(answers));
    assertThat(result).doesNotExist();
    assertThat(
            Cli.run(
                    "evaluate",
                    "--task",
                    "vqa",
                    "--predictions",
                    answers,
                    "--result",
                    result,
                    "--allow-missing")
                .answer())
        .startsWith("1 answers in ");
    Path named = file("named.jsonl", "{\"id\":\"scene 1\",\"answers\":[{\"label\":\"red\"}]}\n");
    assertThat(
            Cli.run("evaluate", "--task", "vqa", "--predictions", named, "--result", result)
                .refusal(ExitCode.BAD_INPUT))
        .endsWith(
            "named.jsonl: line 1: a result.json needs integers as question ids, found \"scene 1\"");
    assertThat(Cli.read(result)).contains("\"red\"").doesNotContain("scene");
  }

  @Test
  void printsNlvr2() {
    Path annotations =
        file(
            "dev.json",
            """
            {"identifier":"dev-1-0-0","label":"True"}
            {"identifier":"dev-1-1-0","label":"False"}
            {"identifier":"dev-1-0-1","label":"False"}
            """);
    Path predictions = file("predictions.csv", "dev-1-0-0,True\ndev-1-1-0,True\ndev-1-0-1,False\n");
    Object[] args = {
      "evaluate", "--task", "nlvr2", "--predictions", predictions, "--annotations", annotations
    };
    assertThat(Cli.run(args).answer())
        .isEqualToNormalizingNewlines(
            """
                         percent  of
            accuracy       66.67   3
            consistency    50.00   2
            """);
    assertThat(Cli.run(withFormat(args)).answer())
        .isEqualToNormalizingNewlines(
            "{\"task\":\"nlvr2\",\"examples\":3,\"accuracy\":66.66666666666667,"
                + "\"sentences\":2,\"consistency\":50.0,\"missing\":0,\"extra\":0}\n");
  }

  @Test
  void printsVcr() {
    Path annotations =
        file(
            "val.jsonl",
            """
            {"annot_id":"val-0","answer_label":0,"rationale_label":1}
            {"annot_id":"val-1","answer_label":2,"rationale_label":3}
            """);
    Path answers =
        file(
            "answers.jsonl",
            """
            {"id":"val-0","task":"vcr","answers":[{"label":"a","index":0,"score":0.9}]}
            {"id":"val-1","task":"vcr","answers":[{"label":"c","index":2,"score":0.9}]}
            """);
    Path rationales =
        file(
            "rationales.jsonl",
            """
            {"id":"val-1","task":"vcr","answers":[{"label":"d","index":3,"score":0.9}]}
            {"id":"val-2","task":"vcr","answers":[{"label":"d","index":3,"score":0.9}]}
            """);
    Object[] args = {
      "evaluate",
      "--task",
      "vcr",
      "--predictions",
      answers,
      "--rationales",
      rationales,
      "--annotations",
      annotations,
      "--allow-missing"
    };
    assertThat(Cli.run(args).answer())
        .isEqualToNormalizingNewlines(
            """
                   accuracy  questions
            Q->A     100.00          2
            QA->R     50.00          2
            Q->AR     50.00          2
            1 not predicted, counted as wrong
            1 predicted but not annotated, left out
            """);
    assertThat(Cli.run(withFormat(args)).answer())
        .isEqualToNormalizingNewlines(
            "{\"task\":\"vcr\",\"questions\":2,\"q_to_a\":100.0,\"qa_to_r\":50.0,\"q_to_ar\":50.0,"
                + "\"missing\":1,\"extra\":1}\n");
    Object[] alone = {
      "evaluate", "--task", "vcr", "--predictions", answers, "--annotations", annotations
    };
    assertThat(Cli.run(alone).answer())
        .isEqualToNormalizingNewlines(
            """
                  accuracy  questions
            Q->A    100.00          2
            """);
    assertThat(Cli.run(withFormat(alone)).answer()).contains("\"qa_to_r\":null,\"q_to_ar\":null");
  }

  @Test
  void printsFlickr() {
    Path annotations =
        file(
            "captions.jsonl",
            """
            {"id":"7#0","phrases":[{"phrase":"a man","types":["people"],"boxes":[[0,0,10,10]]}]}
            """);
    Path regions = file("boxes.json", "[{\"image\":7,\"boxes\":[[0,0,10,10],[10,0,20,10]]}]");
    Path predictions =
        file(
            "regions.jsonl",
            """
            {"id":"7#0","task":"flickr","answers":[{"phrase":"a man","region":1,"label":"region 1","index":1,"score":0.8},{"phrase":"a man","region":0,"label":"region 0","index":0,"score":0.2}]}
            """);
    Object[] args = {
      "evaluate",
      "--task",
      "flickr",
      "--predictions",
      predictions,
      "--annotations",
      annotations,
      "--regions",
      regions
    };
    assertThat(Cli.run(args).answer())
        .isEqualToNormalizingNewlines(
            """
            entities   R@1     R@5    R@10  upper bound  phrases
            all       0.00  100.00  100.00       100.00        1
            people    0.00  100.00  100.00       100.00        1
            """);
    assertThat(Cli.run(withFormat(args)).answer())
        .isEqualToNormalizingNewlines(
            "{\"task\":\"flickr\",\"phrases\":1,\"recall_at_1\":0.0,\"recall_at_5\":100.0,"
                + "\"recall_at_10\":100.0,\"upper_bound\":100.0,\"types\":{\"people\":{"
                + "\"phrases\":1,\"recall_at_1\":0.0,\"recall_at_5\":100.0,\"recall_at_10\":100.0,"
                + "\"upper_bound\":100.0}},\"missing\":0,\"extra\":0}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--predictions p | Missing required option: '--task=TASK'",
        "--task vqa --annotations a | vqa needs --predictions",
        "--task vqa --predictions p | expected --annotations or --result",
        "--task vcr --predictions p | expected --annotations",
        "--task encode --predictions p --annotations a | expected vqa, nlvr2, vcr, flickr or"
            + " grounding, found 'encode'",
        "--task vqa --predictions p --annotations a --regions r | --regions goes with --task"
            + " flickr",
        "--task vqa --predictions p --annotations a --split r | --split goes with --task flickr",
        "--task vqa --predictions p --annotations a --rationales r | --rationales goes with --task"
            + " vcr",
        "--task vcr --predictions p --annotations a --result r | --result goes with --task vqa",
        "--task vqa --predictions p --annotations a --format xml | expected text or json",
        "--task vqa --predictions p --result no/such/folder/r | there is no folder",
      })
  void refusesWrongUsage(String args, String message) {
    assertThat(Cli.run((Object[]) ("evaluate " + args).split(" ")).refusal(ExitCode.USAGE))
        .startsWith("visualbert evaluate: ")
        .contains(message);
  }

  @Test
  void refusesBadFilesWithTheirLine() {
    Path broken = file("broken.jsonl", "{\"id\":1,\"answers\":[{\"label\":\"a\"}]}\n{\"id\":\n");
    assertThat(
            Cli.run(
                    "evaluate",
                    "--task",
                    "vqa",
                    "--predictions",
                    broken,
                    "--annotations",
                    vqaAnnotations())
                .refusal(ExitCode.BAD_INPUT))
        .isEqualTo(
            "visualbert evaluate: %s: line 2: expected a value, found the end of the text"
                .formatted(broken));
    Path none = folder.resolve("none");
    assertThat(
            Cli.run(
                    "evaluate",
                    "--task",
                    "vqa",
                    "--predictions",
                    vqaAnswers(),
                    "--annotations",
                    none)
                .refusal(ExitCode.BAD_INPUT))
        .isEqualTo("visualbert evaluate: " + none + ": expected a file, found no such file");
  }

  @Test
  void leavesNothingBehindWhereScoringFails() {
    Path result = folder.resolve("result.json");
    Path fewer = file("fewer.json", "[{\"question_id\":1,\"answer\":\"red\"}]");
    assertThat(
            Cli.run(
                    "evaluate",
                    "--task",
                    "vqa",
                    "--predictions",
                    fewer,
                    "--annotations",
                    vqaAnnotations(),
                    "--result",
                    result)
                .refusal(ExitCode.BAD_INPUT))
        .contains("2 of " + folder.resolve("annotations.json") + " are not predicted (2, 3)");
    assertThat(Files.exists(result)).isFalse();
  }
}
