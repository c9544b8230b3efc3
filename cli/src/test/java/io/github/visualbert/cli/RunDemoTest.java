package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example of the demo models through the command line, against the reference's answers. */
class RunDemoTest {
  private static final Path IMAGES = Cli.DEMO.resolve("images");

  @ParameterizedTest
  @ValueSource(strings = {"simd", "scalar"})
  void answersEveryQuestion(String provider) {
    List<JsonObject> examples = examples("vqa");
    List<Object> command =
        new ArrayList<>(List.of("run", "--task", "vqa", "--model", Cli.DEMO.resolve("vqa")));
    command.addAll(List.of("--provider", provider, "--format", "json"));
    for (JsonObject example : examples) {
      command.addAll(List.of("--image", image(example, 0)));
      command.addAll(List.of("--question", example.getString("question")));
    }
    List<JsonObject> replies = replies(Cli.run(command.toArray()).answer());
    assertThat(replies).hasSameSizeAs(examples);
    for (int i = 0; i < examples.size(); i++) {
      assertThat(replies.get(i).getString("id")).isEqualTo(Integer.toString(i + 1));
      check(examples.get(i).getObject("expected"), replies.get(i), 0);
    }
  }

  @Test
  void judgesEveryStatement() {
    List<JsonObject> examples = examples("nlvr2");
    List<Object> command = new ArrayList<>(List.of("run", "--task", "nlvr2", "--format", "json"));
    for (JsonObject example : examples) {
      command.addAll(List.of("--image", image(example, 0), image(example, 1)));
      command.addAll(List.of("--statement", example.getString("statement")));
    }
    List<JsonObject> replies = replies(Cli.run(command.toArray()).answer());
    assertThat(replies).hasSameSizeAs(examples);
    for (int i = 0; i < examples.size(); i++) {
      check(examples.get(i).getObject("expected"), replies.get(i), 0);
    }
  }

  @Test
  void choosesEveryAnswer() {
    for (JsonObject example : examples("multiple-choice")) {
      List<Object> command = new ArrayList<>(List.of("run", "--task", "vcr", "--format", "json"));
      command.addAll(List.of("--image", image(example, 0)));
      command.addAll(List.of("--question", example.getString("question")));
      List<String> choices = example.getArray("choices").toStrings();
      choices.forEach(choice -> command.addAll(List.of("--choice", choice)));
      JsonObject reply = replies(Cli.run(command.toArray()).answer()).getFirst();
      checkIndices(example.getObject("expected"), reply, 0, "index");
      JsonObject best = reply.getArray("answers").getObject(0);
      assertThat(best.getString("label")).isEqualTo(choices.get(best.getInt("index")));
    }
  }

  @Test
  void findsEveryPhrase() {
    for (JsonObject example : examples("region-to-phrase")) {
      List<Object> command =
          new ArrayList<>(List.of("run", "--task", "flickr", "--format", "json"));
      command.addAll(List.of("--image", image(example, 0)));
      command.addAll(List.of("--text", example.getString("caption")));
      JsonArray phrases = example.getArray("phrases");
      phrases.forEach(
          phrase -> command.addAll(List.of("--phrase", ((JsonObject) phrase).getString("word"))));
      JsonObject reply = replies(Cli.run(command.toArray()).answer()).getFirst();
      for (int i = 0; i < phrases.size(); i++) {
        JsonObject phrase = phrases.getObject(i);
        checkIndices(phrase.getObject("expected"), reply, 5 * i, "region");
        assertThat(reply.getArray("answers").getObject(5 * i).getString("phrase"))
            .isEqualTo(phrase.getString("word"));
      }
    }
  }

  @Test
  void completesEverySentence() {
    List<JsonObject> examples = examples("pretraining");
    List<Object> command =
        new ArrayList<>(List.of("run", "--task", "pretrain", "--format", "json"));
    for (JsonObject example : examples) {
      command.addAll(List.of("--image", image(example, 0)));
      command.addAll(List.of("--text", example.getString("text")));
    }
    List<JsonObject> replies = replies(Cli.run(command.toArray()).answer());
    for (int i = 0; i < examples.size(); i++) {
      JsonObject example = examples.get(i);
      check(example.getObject("expected"), replies.get(i), 0);
      if (example.has("match_score")) {
        assertThat(replies.get(i).getDouble("match"))
            .isCloseTo(example.getDouble("match_score"), within(1e-4));
      }
    }
  }

  private static void check(JsonObject expected, JsonObject reply, int first) {
    JsonArray top = expected.getArray("top5");
    for (int i = 0; i < top.size(); i++) {
      assertThat(reply.getArray("answers").getObject(first + i).getString("label"))
          .isEqualTo(top.getObject(i).getString("answer"));
    }
    checkScores(top, reply, first);
  }

  private static void checkIndices(JsonObject expected, JsonObject reply, int first, String key) {
    JsonArray top = expected.getArray("top5");
    assertThat(reply.getArray("answers").getObject(first).getInt(key))
        .isEqualTo(top.getObject(0).getInt("answer"));
    checkScores(top, reply, first);
  }

  private static void checkScores(JsonArray top, JsonObject reply, int first) {
    for (int i = 0; i < top.size(); i++) {
      assertThat(reply.getArray("answers").getObject(first + i).getDouble("score"))
          .isCloseTo(top.getObject(i).getDouble("score"), within(1e-4));
    }
  }

  private static String image(JsonObject example, int index) {
    return IMAGES.resolve(example.getArray("images").getString(index)).toString();
  }

  private static List<JsonObject> examples(String task) {
    List<JsonObject> examples =
        replies(Cli.read(IMAGES.resolve("examples.jsonl"))).stream()
            .filter(example -> example.getString("task").equals(task))
            .toList();
    assertThat(examples).hasSizeGreaterThan(10);
    return examples;
  }

  private static List<JsonObject> replies(String lines) {
    List<JsonObject> replies = new ArrayList<>();
    lines.lines().forEach(line -> replies.add((JsonObject) Json.parse(line)));
    return replies;
  }
}
