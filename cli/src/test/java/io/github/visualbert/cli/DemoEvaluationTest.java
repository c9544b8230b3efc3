package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's examples in the formats of the data sets. The answers of {@code run} are right. Some
 * reference answers are then made wrong, and the expected scores are counted by hand.
 */
class DemoEvaluationTest {
  @TempDir private Path folder;

  private static List<JsonObject> examples(String task) {
    List<JsonObject> examples = new ArrayList<>();
    Cli.read(Cli.DEMO.resolve("images/examples.jsonl"))
        .lines()
        .map(line -> (JsonObject) Json.parse(line))
        .filter(example -> example.getString("task").equals(task))
        .forEach(examples::add);
    return examples;
  }

  /** Writes a line for each example. */
  private Path write(String name, List<JsonObject> examples, BiConsumer<Integer, JsonWriter> line) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < examples.size(); i++) {
      JsonWriter json = new JsonWriter().beginObject();
      line.accept(i, json);
      lines.append(json.endObject()).append('\n');
    }
    return Cli.write(folder.resolve(name), lines.toString());
  }

  /** Asks the demo model, and returns the file of its answers. */
  private Path run(String task, Path rows) {
    Path output = rows.resolveSibling("run-" + rows.getFileName());
    Cli.Result result =
        Cli.run("run", "--task", task, "--top-k", 10, "--input", rows, "--output", output);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.OK);
    return output;
  }

  /** Writes the paths of the pictures of an example. */
  private static JsonWriter images(JsonWriter json, JsonObject example) {
    json.name("images").beginArray();
    for (String image : example.getArray("images").toStrings()) {
      json.value(Cli.DEMO.resolve("images").resolve(image).toAbsolutePath().toString());
    }
    return json.endArray();
  }

  private static void answer(JsonWriter json, String label, int index) {
    json.beginObject().field("label", label).field("index", index).field("score", 0.5).endObject();
  }

  /**
   * Only three of ten annotators agree with every fifth answer (0, 5, ... 45: ten, which count
   * 0.9): 38 + 10 x 0.9 = 47 of 48. Then four (1, 13, 25, 37) are made wrong, one of which is among
   * those ten: 35 + 9 x 0.9 = 43.1.
   */
  @Test
  void vqa() {
    List<JsonObject> examples = examples("vqa");
    assertThat(examples).hasSize(48);
    Path annotations =
        write(
            "lines",
            examples,
            (i, json) -> {
              json.field("question_id", 1000 + i).field("answer_type", "other");
              json.field("question_type", examples.get(i).getString("kind"));
              json.name("answers").beginArray();
              for (int annotator = 0; annotator < 10; annotator++) {
                String other = i % 5 == 0 && annotator > 2 ? "something else" : null;
                json.beginObject().field("answer_id", annotator + 1);
                json.field("answer", other == null ? examples.get(i).getString("truth") : other);
                json.endObject();
              }
              json.endArray();
            });
    String array = String.join(",\n", Cli.read(annotations).lines().toList());
    annotations =
        Cli.write(folder.resolve("annotations.json"), "{\"annotations\": [" + array + "]}");
    Path questions =
        write(
            "questions.jsonl",
            examples,
            (i, json) ->
                images(json, examples.get(i))
                    .field("id", 1000 + i)
                    .field("question", examples.get(i).getString("question")));
    assertThat(evaluate("vqa", run("vqa", questions), annotations))
        .contains("all         97.92         48\n");
    Path predictions =
        write(
            "answers.jsonl",
            examples,
            (i, json) -> {
              String answer = examples.get(i).getObject("expected").getString("answer");
              json.field("id", Integer.toString(1000 + i)).field("task", "vqa");
              json.name("answers").beginArray();
              answer(json, i % 12 == 1 ? "nonsense" : answer, 0);
              json.endArray();
            });
    Path result = folder.resolve("result.json");
    String out = "all         89.79         48\n";
    assertThat(evaluate("vqa", predictions, annotations, "--result", result)).contains(out);
    assertThat(evaluate("vqa", result, annotations)).contains(out);
  }

  private static String evaluate(String task, Path predictions, Path annotations, Object... more) {
    List<Object> args = new ArrayList<>(List.of("evaluate", "--task", task));
    args.addAll(List.of("--predictions", predictions, "--annotations", annotations));
    args.addAll(List.of(more));
    return Cli.run(args.toArray()).answer().replace("\r\n", "\n");
  }

  /**
   * Twelve statements, taken as six sentences about two pairs each. Then the first and the second
   * are judged wrongly, both about one sentence, and the fifth: 9 of 12, and 4 of 6.
   */
  @Test
  void nlvr2() {
    List<JsonObject> examples = examples("nlvr2");
    assertThat(examples).hasSize(12);
    Path annotations =
        write(
            "demo.json",
            examples,
            (i, json) ->
                json.field("identifier", "demo-%d-%d-0".formatted(i / 2, i % 2))
                    .field("sentence", examples.get(i).getString("statement"))
                    .field("label", examples.get(i).getString("truth")));
    Path statements =
        write(
            "statements.jsonl",
            examples,
            (i, json) ->
                images(json, examples.get(i))
                    .field("id", "demo-%d-%d-0".formatted(i / 2, i % 2))
                    .field("statement", examples.get(i).getString("statement")));
    assertThat(evaluate("nlvr2", run("nlvr2", statements), annotations))
        .contains("accuracy      100.00  12\n", "consistency   100.00   6\n");
    Path predictions =
        write(
            "answers.jsonl",
            examples,
            (i, json) -> {
              String answer = examples.get(i).getObject("expected").getString("answer");
              boolean isTrue = answer.equals("True") ^ (i < 2 || i == 4);
              json.field("id", "demo-%d-%d-0".formatted(i / 2, i % 2)).field("task", "nlvr2");
              json.name("answers").beginArray();
              answer(json, isTrue ? "True" : "False", isTrue ? 1 : 0);
              json.endArray();
            });
    assertThat(evaluate("nlvr2", predictions, annotations))
        .isEqualTo(
            """
                         percent  of
            accuracy       75.00  12
            consistency    66.67   6
            """);
  }

  /**
   * Twelve questions; the next one is taken for the question about the rationales. Then answers 0
   * to 2 are wrong and rationales 2 and 3: 9 of 12, 10 of 12, and 8 of 12 both.
   */
  @Test
  void vcr() {
    List<JsonObject> examples = examples("multiple-choice");
    assertThat(examples).hasSize(12);
    Path annotations =
        write(
            "val.jsonl",
            examples,
            (i, json) ->
                json.field("annot_id", "val-" + i)
                    .field("answer_label", examples.get(i).getInt("truth"))
                    .field("rationale_label", examples.get((i + 1) % 12).getInt("truth")));
    Path asked = write("q-to-a.jsonl", examples, (i, json) -> ask(i, examples.get(i), json));
    Path explained =
        write("qa-to-r.jsonl", examples, (i, json) -> ask(i, examples.get((i + 1) % 12), json));
    assertThat(
            evaluate("vcr", run("vcr", asked), annotations, "--rationales", run("vcr", explained)))
        .contains("Q->A     100.00         12\n", "QA->R    100.00         12\n")
        .contains("Q->AR    100.00         12\n");
    Path answers = write("answers.jsonl", examples, (i, json) -> choose(i, i, i < 3, json));
    Path rationales =
        write(
            "rationales.jsonl",
            examples,
            (i, json) -> choose(i, (i + 1) % 12, i == 2 || i == 3, json));
    assertThat(evaluate("vcr", answers, annotations, "--rationales", rationales))
        .isEqualTo(
            """
                   accuracy  questions
            Q->A      75.00         12
            QA->R     83.33         12
            Q->AR     66.67         12
            """);
  }

  private static void ask(int id, JsonObject example, JsonWriter json) {
    images(json, example).field("id", "val-" + id).field("question", example.getString("question"));
    json.name("choices").value(example.getArray("choices"));
  }

  private static void choose(int id, int example, boolean spoiled, JsonWriter json) {
    JsonObject expected = examples("multiple-choice").get(example).getObject("expected");
    json.field("id", "val-" + id).field("task", "vcr").name("answers").beginArray();
    answer(json, "choice", (expected.getInt("answer") + (spoiled ? 1 : 0)) % 4);
    json.endArray();
  }

  /**
   * The cells of the 4 x 4 grid are the regions, and the cells that hold an object its boxes. All
   * 23 phrases are right. Then the first two regions of the first phrase of each of the twelve
   * captions change places, and only two, of scene-3, are right in both: 13 of 23.
   */
  @Test
  void flickr() {
    List<JsonObject> examples = examples("region-to-phrase");
    assertThat(examples).hasSize(12);
    Path annotations =
        write(
            "captions.jsonl",
            examples,
            (i, json) -> {
              json.field("id", "scene#" + i).name("phrases").beginArray();
              for (int j = 0; j < examples.get(i).getArray("phrases").size(); j++) {
                JsonObject phrase = examples.get(i).getArray("phrases").getObject(j);
                json.beginObject().field("phrase", phrase.getString("word"));
                json.name("types").beginArray().value("other").endArray();
                json.name("boxes").beginArray();
                JsonArray truth = phrase.getArray("truth");
                for (int k = 0; k < truth.size(); k++) {
                  box(json, truth.getInt(k));
                }
                json.endArray().endObject();
              }
              json.endArray();
            });
    Path regions =
        write(
            "regions.jsonl",
            examples.subList(0, 1),
            (i, json) -> {
              json.field("image", "scene").name("boxes").beginArray();
              for (int cell = 0; cell < 16; cell++) {
                box(json, cell);
              }
              json.endArray();
            });
    Path captions =
        write(
            "rows.jsonl",
            examples,
            (i, json) -> {
              images(json, examples.get(i)).field("id", "scene#" + i);
              json.field("caption", examples.get(i).getString("caption"));
              json.name("phrases").beginArray();
              for (JsonValue phrase : examples.get(i).getArray("phrases")) {
                json.value(((JsonObject) phrase).getString("word"));
              }
              json.endArray();
            });
    assertThat(evaluate("flickr", run("flickr", captions), annotations, "--regions", regions))
        .contains("\nall       100.00  100.00  100.00       100.00       23\n");
    Path right = rankings("right.jsonl", examples, false);
    assertThat(evaluate("flickr", right, annotations, "--regions", regions))
        .isEqualTo(
            """
            entities     R@1     R@5  R@10  upper bound  phrases
            all       100.00  100.00     -       100.00       23
            other     100.00  100.00     -       100.00       23
            """);
    Path spoiled = rankings("spoiled.jsonl", examples, true);
    assertThat(evaluate("flickr", spoiled, annotations, "--regions", regions))
        .contains("\nall       56.52  100.00     -       100.00       23\n");
  }

  private static void box(JsonWriter json, int cell) {
    int left = cell % 4 * 56;
    int top = cell / 4 * 56;
    json.beginArray().value(left).value(top).value(left + 56).value(top + 56).endArray();
  }

  private Path rankings(String name, List<JsonObject> examples, boolean spoil) {
    return write(
        name,
        examples,
        (i, json) -> {
          json.field("id", "scene#" + i).field("task", "flickr").name("answers").beginArray();
          JsonArray phrases = examples.get(i).getArray("phrases");
          for (int j = 0; j < phrases.size(); j++) {
            JsonArray top = phrases.getObject(j).getObject("expected").getArray("top5");
            for (int rank = 0; rank < top.size(); rank++) {
              int from = spoil && j == 0 && rank < 2 ? 1 - rank : rank;
              int region = top.getObject(from).getInt("answer");
              json.beginObject().field("phrase", phrases.getObject(j).getString("word"));
              json.field("region", region).field("label", "region " + region);
              json.field("index", region).field("score", 0.5 - 0.1 * rank).endObject();
            }
          }
          json.endArray();
        });
  }
}
