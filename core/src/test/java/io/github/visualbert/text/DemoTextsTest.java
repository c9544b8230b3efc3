package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The demo models' own tokenizers on the demo's texts. */
class DemoTextsTest {
  private static final Path DEMO = TokenizerGoldens.TESTDATA.resolve("demo");

  private final Map<String, BertTokenizer> tokenizers = new HashMap<>();

  @Test
  void everyTextGivesTheIdsThatTheExampleWasMadeWith() {
    List<JsonObject> examples = TokenizerGoldens.lines(DEMO.resolve("images/examples.jsonl"));
    List<String> failures = new ArrayList<>();
    for (JsonObject example : examples) {
      List<int[]> actual = encode(example).stream().map(Encoding::ids).toList();
      List<int[]> expected = expectedIds(example.getArray("input_ids"));
      if (!Arrays.deepEquals(expected.toArray(), actual.toArray())) {
        failures.add(
            "%s: expected %s, found %s"
                .formatted(
                    example.getString("task"),
                    Arrays.deepToString(expected.toArray()),
                    Arrays.deepToString(actual.toArray())));
      }
    }
    assertThat(examples).hasSize(108);
    assertThat(failures).isEmpty();
  }

  @Test
  void everyPhraseIsFoundWhereTheExampleReadsIt() {
    int phrases = 0;
    for (JsonObject example : TokenizerGoldens.lines(DEMO.resolve("images/examples.jsonl"))) {
      if (!example.has("caption")) {
        continue;
      }
      String caption = example.getString("caption");
      Encoding encoding = encode(example).getFirst();
      JsonArray expected = example.getArray("phrases");
      int from = 0; // a word may come twice; the example has its phrases in the text's order
      for (int i = 0; i < expected.size(); i++) {
        String word = expected.getObject(i).getString("word");
        int start = caption.indexOf(word, from);
        from = start + word.length();
        OptionalInt position = encoding.lastTokenOfPhrase(start, from);
        assertThat(position).as(caption).hasValue(expected.getObject(i).getInt("position"));
        phrases++;
      }
    }
    assertThat(phrases).isPositive();
  }

  private List<Encoding> encode(JsonObject example) {
    String folder = example.getString("task");
    BertTokenizer tokenizer =
        tokenizers.computeIfAbsent(folder, name -> BertTokenizer.open(DEMO.resolve(name)));
    if (example.has("choices")) {
      List<String> choices = example.getArray("choices").toStrings();
      List<String> questions = Collections.nCopies(choices.size(), example.getString("question"));
      return tokenizer.encodeBatch(questions, choices, Truncation.none(), Padding.longest());
    }
    for (String key : List.of("question", "statement", "caption", "text")) {
      if (example.has(key)) {
        return List.of(tokenizer.encode(example.getString(key)));
      }
    }
    throw new AssertionError("an example without a text: " + example.keys());
  }

  private static List<int[]> expectedIds(JsonArray ids) {
    if (!(ids.get(0) instanceof JsonArray)) {
      return List.of(TokenizerGoldens.ints(ids));
    }
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      rows.add(TokenizerGoldens.ints(ids.getArray(i)));
    }
    return rows;
  }
}
