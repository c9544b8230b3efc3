package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeCommandTest {
  private static final Path TOKENIZER = Cli.GOLDENS.resolve("tokenizer");
  private static final Path VOCAB = TOKENIZER.resolve("vocab.txt");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"cases.jsonl, 637", "batches.jsonl, 15"})
  void answersEveryLineAsTheReferenceDoes(String file, int count) {
    Path output = folder.resolve("out.jsonl");
    String out =
        Cli.run(
                "tokenize",
                "--vocab",
                VOCAB,
                "--input",
                TOKENIZER.resolve(file),
                "--output",
                output)
            .answer();
    assertThat(out).isEmpty();
    List<JsonObject> requests = objects(Cli.read(TOKENIZER.resolve(file)));
    List<JsonObject> answers = objects(Cli.read(output));
    assertThat(answers).hasSize(count).hasSameSizeAs(requests);
    for (int i = 0; i < count; i++) {
      JsonObject request = requests.get(i);
      JsonObject answer = answers.get(i);
      assertThat(answer.get("id")).isEqualTo(request.get("id"));
      if (request.has("expect")) {
        assertThat(answer.keys()).as(request.get("id").toString()).containsExactly("id", "error");
        continue;
      }
      assertThat(answer.keys())
          .containsExactly("id", "tokens", "input_ids", "token_type_ids", "attention_mask");
      for (String field : List.of("tokens", "input_ids", "token_type_ids", "attention_mask")) {
        if (request.has(field)) { // batches have no tokens
          assertThat(text(answer.get(field))).isEqualTo(text(request.get(field)));
        }
      }
    }
  }

  private static List<JsonObject> objects(String lines) {
    List<JsonObject> objects = new ArrayList<>();
    lines.lines().forEach(line -> objects.add((JsonObject) Json.parse(line)));
    return objects;
  }

  private static String text(JsonValue value) {
    return new JsonWriter().value(value).toString();
  }

  @Test
  void showsTheTokensOfAText() {
    assertThat(Cli.run("tokenize", "What colour is the ring?").answer())
        .isEqualToNormalizingNewlines(
            """
            0    2  [CLS]
            1  285  what
            2  127  colour
            3  178  is
            4  262  the
            5  228  ring
            6    7  ?
            7    3  [SEP]
            """);
  }

  @Test
  void aTextMayBeginWithADash() {
    assertThat(Cli.run("tokenize", "--", "-3 degrees?").answer()).contains("[SEP]", "-", "3");
    assertThat(Cli.run("tokenize", "-3 degrees?").refusal(2)).contains("'-3 degrees?'");
  }

  @Test
  void writesJsonOnRequest() {
    assertThat(
            Cli.run("tokenize", "--model", Cli.DEMO.resolve("nlvr2"), "--format", "json", "a", "b?")
                .answer()
                .strip())
        .isEqualTo(
            "{\"tokens\":[\"[CLS]\",\"a\",\"[SEP]\",\"b\",\"?\",\"[SEP]\"],"
                + "\"input_ids\":[2,15,3,16,7,3],\"token_type_ids\":[0,0,0,1,1,1],"
                + "\"attention_mask\":[1,1,1,1,1,1]}");
  }

  @Test
  void casedKeepsTheCase() {
    Path vocab =
        Cli.write(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nThe\nthe\n");
    Object[] command = {"tokenize", "--format", "json", "--vocab", vocab, "The"};
    assertThat(Cli.run(command).answer()).contains("[2,6,3]");
    assertThat(Cli.run(concat(command, "--cased")).answer()).contains("[2,5,3]");
  }

  private static Object[] concat(Object[] first, Object... more) {
    List<Object> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray();
  }

  /** Invalid requests. The others must be answered nevertheless. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[1]",
        "{\"text\": 1}",
        "{}",
        "{\"text\": \"a\", \"texts\": [\"a\"]}",
        "{\"text\": \"a\", \"pairs\": [\"a\"]}",
        "{\"texts\": [\"a\"], \"pair\": \"a\"}",
        "{\"texts\": [\"a\", \"b\"], \"pairs\": [\"a\"]}",
        "{\"text\": \"a\", \"truncation\": \"longest_first\"}",
        "{\"text\": \"a\", \"truncation\": \"shortest\", \"max_length\": 5}",
        "{\"text\": \"a\", \"truncation\": \"longest_first\", \"max_length\": 0}",
        "{\"text\": \"a\", \"padding\": \"max_length\"}",
        "{\"text\": \"a\", \"padding\": \"most\"}",
        "{\"text\": \"a\", \"do_lower_case\": \"no\"}",
        "{\"texts\": [\"a\"], \"padding\": true, \"pad_to_multiple_of\": 0}",
      })
  void answersAnInvalidLineWithAnError(String line) {
    Path input = Cli.write(folder.resolve("in"), line + "\n\n{\"text\": \"b\"}\n");
    List<JsonObject> answers =
        objects(Cli.run("tokenize", "--input", input, "--output", "-").answer());
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).keys()).containsExactly("id", "error");
    assertThat(answers.get(0).getString("id")).isEqualTo("1");
    assertThat(answers.get(0).getString("error"))
        .startsWith("line 1: ")
        .hasSizeGreaterThan(20)
        .doesNotContain(" at line ");
    assertThat(answers.get(1).getString("id")).isEqualTo("3");
    assertThat(answers.get(1).has("input_ids")).isTrue();
  }

  @Test
  void padsAndTruncatesByTrueAndFalse() {
    Path input =
        Cli.write(
            folder.resolve("in"),
            """
            {"texts": ["a", "a b"], "padding": true}
            {"texts": ["a", "a b"], "padding": false, "truncation": true, "max_length": 3}
            {"text": "a", "padding": "longest", "pad_to_multiple_of": 4}
            """);
    List<JsonObject> answers =
        objects(Cli.run("tokenize", "--input", input, "--output", "-").answer());
    assertThat(text(answers.get(0).get("attention_mask"))).isEqualTo("[[1,1,1,0],[1,1,1,1]]");
    assertThat(text(answers.get(1).get("attention_mask"))).isEqualTo("[[1,1,1],[1,1,1]]");
    assertThat(text(answers.get(2).get("attention_mask"))).isEqualTo("[1,1,1,0]");
  }

  @Test
  void refusesWrongUsage() {
    assertThat(Cli.run("tokenize").refusal(2)).contains("expected a TEXT or --input");
    assertThat(Cli.run("tokenize", "a", "--input", VOCAB, "--output", "-").refusal(2))
        .contains("expected a TEXT or --input");
    assertThat(Cli.run("tokenize", "--input", VOCAB).refusal(2)).contains("go together");
    assertThat(Cli.run("tokenize", "--cased", "a").refusal(2))
        .contains("--cased goes with --vocab");
    assertThat(Cli.run("tokenize", "--vocab", VOCAB, "--model", folder, "a").refusal(2))
        .contains("not both");
    assertThat(Cli.run("tokenize", "a", "b", "c").refusal(2)).contains("'c'");
  }

  @Test
  void namesTheInvalidFile() {
    assertThat(Cli.run("tokenize", "--vocab", folder.resolve("v"), "a").refusal(4)).contains("v: ");
    assertThat(Cli.run("tokenize", "--model", folder, "a").refusal(4)).contains("vocab.txt");
    assertThat(Cli.run("tokenize", "--model", folder.resolve("m"), "a").refusal(4))
        .contains("no such folder");
    assertThat(Cli.run("tokenize", "--input", folder.resolve("none"), "--output", "-").refusal(3))
        .contains("found no such file");
    Path latin = folder.resolve("latin");
    Path out = folder.resolve("out");
    writeBytes(latin, new byte[] {(byte) 0xfe, (byte) 0xff, 0, '{', 0, '}'});
    assertThat(Cli.run("tokenize", "--input", latin, "--output", out).refusal(3))
        .contains("expected UTF-8");
    assertThat(Cli.filesIn(folder)).containsExactly(latin);
  }

  private static void writeBytes(Path file, byte[] bytes) {
    try {
      java.nio.file.Files.write(file, bytes);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
