package io.github.visualbert.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.TestData;
import io.github.visualbert.VisualBert;
import io.github.visualbert.detect.GivenRegions;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.error.InputException;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.VcrByHand.Fed;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Twenty questions of VCR: the tokens, the alignment and the scores are those worked out by hand.
 */
class VcrItemTest {
  private static final Path FOLDER = TestData.ROOT.resolve("vcr");
  private static VisualBert model;
  private static VcrTower tower;
  private static BertTokenizer tokenizer;
  private static List<String> vocabulary;
  private static List<String> lines;

  @BeforeAll
  static void open() throws IOException {
    model = VisualBert.builder(FOLDER).threads(1).open();
    tower = VcrTower.builder(FOLDER).canvas(128, 64).threads(1).open();
    tokenizer = BertTokenizer.open(FOLDER);
    vocabulary = Files.readAllLines(FOLDER.resolve("vocab.txt"));
    lines = Files.readAllLines(FOLDER.resolve("val.jsonl"));
    assertThat(lines).hasSize(20);
  }

  @AfterAll
  static void close() {
    tower.close();
    model.close();
  }

  private static VcrItem item(String line) {
    return VcrItem.parse(line.getBytes(StandardCharsets.UTF_8), "val.jsonl");
  }

  private static VisualFeatures look(JsonObject line, List<Integer> regions) {
    Path images = FOLDER.resolve("images");
    byte[] metadata = TestData.bytes(images.resolve(line.getString("metadata_fn")));
    return tower.look(
        Picture.read(images.resolve(line.getString("img_fn"))),
        GivenRegions.parse(metadata, "metadata")
            .using(regions.stream().mapToInt(Integer::intValue).toArray()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void asksWhatIsWorkedOutByHand(boolean rationales) {
    int refused = 0;
    int cut = 0;
    for (String line : lines) {
      JsonObject json = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
      String id = json.getString("annot_id");
      VcrByHand byHand = new VcrByHand(vocabulary, json);
      VcrItem item = item(line);
      assertThat(item.regions()).as(id).containsExactly(ints(byHand.regions()));
      VisualFeatures picture = look(json, byHand.regions());
      TaggedQuestion question = rationales ? item.rationales(picture) : item.answers(picture);
      List<Fed> expected = byHand.choices(rationales);
      if (expected == null) {
        refused++;
        assertThatThrownBy(() -> model.multipleChoice().choose(List.of(question)))
            .isInstanceOf(InputException.class)
            .hasMessage(
                "the question has 126 tokens, expected at most 125, which leave room for the"
                    + " choices");
        continue;
      }
      for (int i = 0; i < expected.size(); i++) {
        AlignedEncoding found = AlignedEncoding.of(tokenizer, question, i, 128, 192);
        assertThat(found.encoding().ids()).as(id).containsExactly(ints(expected.get(i).ids()));
        assertThat(found.encoding().tokenTypeIds())
            .as(id)
            .containsExactly(ints(expected.get(i).types()));
        assertThat(found.alignment())
            .as(id)
            .isDeepEqualTo(
                expected.get(i).alignment().stream().map(VcrItemTest::ints).toArray(int[][]::new));
        cut += found.truncated() ? 1 : 0;
      }
      double[] scores = scores(expected, picture);
      Ranking ranking = model.multipleChoice().choose(List.of(question)).getFirst();
      assertThat(ranking.answers()).as(id).hasSize(scores.length);
      for (Answer answer : ranking.answers()) {
        assertThat(answer.score()).as(id).isCloseTo(scores[answer.index()], within(1e-6));
        assertThat(answer.label()).isEqualTo(question.choices().get(answer.index()));
      }
    }
    assertThat(refused).isEqualTo(rationales ? 1 : 0);
    assertThat(cut).isGreaterThan(4);
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the softmax of what the plain forward pass gives for padded sequences. */
  private static double[] scores(List<Fed> choices, VisualFeatures picture) {
    int text = choices.stream().mapToInt(fed -> fed.ids().size()).max().orElseThrow();
    int regions = picture.regions();
    int aligned =
        choices.stream()
            .flatMap(fed -> fed.alignment().stream())
            .mapToInt(List::size)
            .max()
            .orElseThrow();
    int width = Math.max(aligned, 1);
    int count = choices.size();
    long[] ids = new long[count * text];
    long[] types = new long[count * text];
    long[] mask = new long[count * text];
    long[] alignment = new long[count * regions * width];
    Arrays.fill(alignment, -1);
    float[] visual = new float[count * regions * picture.dim()];
    for (int c = 0; c < count; c++) {
      Fed fed = choices.get(c);
      for (int t = 0; t < fed.ids().size(); t++) {
        ids[c * text + t] = fed.ids().get(t);
        types[c * text + t] = fed.types().get(t);
        mask[c * text + t] = 1;
      }
      for (int r = 0; r < regions; r++) {
        for (int a = 0; a < fed.alignment().get(r).size(); a++) {
          alignment[(c * regions + r) * width + a] = fed.alignment().get(r).get(a);
        }
      }
      System.arraycopy(
          picture.toArray(), 0, visual, c * regions * picture.dim(), regions * picture.dim());
    }
    long[] ones = new long[count * regions];
    Arrays.fill(ones, 1);
    Map<String, Tensor> arguments = new LinkedHashMap<>();
    arguments.put("input_ids", Tensor.of(ids, 1, count, text));
    arguments.put("token_type_ids", Tensor.of(types, 1, count, text));
    arguments.put("attention_mask", Tensor.of(mask, 1, count, text));
    arguments.put("visual_embeds", Tensor.of(visual, 1, count, regions, picture.dim()));
    arguments.put("visual_attention_mask", Tensor.of(ones, 1, count, regions));
    arguments.put("visual_token_type_ids", Tensor.of(new long[count * regions], 1, count, regions));
    arguments.put("image_text_alignment", Tensor.of(alignment, 1, count, regions, width));
    float[] logits =
        model
            .forward()
            .run(new ForwardInputs(arguments), false, false)
            .get("logits")
            .toFloatArray();
    double[] scores = new double[count];
    double sum = 0;
    for (int c = 0; c < count; c++) {
      scores[c] = Math.exp(logits[c]);
      sum += scores[c];
    }
    for (int c = 0; c < count; c++) {
      scores[c] /= sum;
    }
    return scores;
  }

  /** Questions of both kinds may be asked in one pass, and each is answered as alone. */
  @Test
  void taggedAndPlainQuestionsShareAPass() {
    List<MultipleChoice.Item> questions = new ArrayList<>();
    for (String line : lines.subList(0, 4)) {
      JsonObject json = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
      VcrItem item = item(line);
      VisualFeatures picture = look(json, Arrays.stream(item.regions()).boxed().toList());
      questions.add(item.answers(picture));
      questions.add(new MultipleChoice.Question("why?", List.of("no", "it is cold"), picture));
    }
    List<Ranking> together = model.multipleChoice().choose(questions);
    for (int i = 0; i < questions.size(); i++) {
      assertThat(model.multipleChoice().choose(questions.subList(i, i + 1)).getFirst())
          .isEqualTo(together.get(i));
    }
  }

  @Test
  void namesWhatIsReadOut() {
    VcrItem item = item(lines.get(6));
    VisualFeatures picture =
        look(Json.parseObject(lines.get(6).getBytes(StandardCharsets.UTF_8)), List.of(0, 1, 2, 3));
    assertThat(item.objects()).containsExactly("person", "person", "person", "car");
    TaggedQuestion answers = item.answers(picture);
    assertThat(answers.text()).isEqualTo("Does Casey know Riley ?");
    assertThat(answers.choices())
        .containsExactly("Casey does .", "Casey and Casey do .", "Riley , Casey and car .", "No .");
    assertThat(item.rationales(picture).text())
        .isEqualTo("Does Casey know Riley ? Riley , Jessie and car .");
    assertThatThrownBy(() -> item.answers(picture.first(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(": 4 rows, expected one of the whole picture and 4 of its objects");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "question": [[2]]                       | v: question[0][0]: expected the number of an object, 0 to 1, found 2
          "question": ["Is", [0, -1]]             | v: question[1][1]: expected the number of an object, 0 to 1, found -1
          "question": ["Is", 0]                   | v: question[1]: expected a word, or an array of the numbers of objects, found 0
          "question": [[0.5]]                     | v: question[0][0]: expected an integer of 32 bits, found 0.5
          "question": "Is it?"                    | v: question: expected an array, found "Is it?"
          "question": []                          | v: question: expected words, found an array of 0
          "answer_choices": []                    | v: answer_choices: expected choices, found an array of 0
          "answer_choices": [["No"], []]          | v: answer_choices[1]: expected words, found an array of 0
          "answer_choices": [["No"], [[7]]]       | v: answer_choices[1][0][0]: expected the number of an object, 0 to 1, found 7
          "rationale_choices": [["No"], [[0, 2]]] | v: rationale_choices[1][0][1]: expected the number of an object, 0 to 1, found 2
          "objects": [], "question": [[0]]        | v: question[0][0]: expected no tag, as there are no objects, found 0
          "answer_label": 2                       | v: answer_label: expected 0 to 1, found 2
          "answer_label": -1                      | v: answer_label: expected 0 to 1, found -1
          """)
  void refusesWhatIsNoItem(String spoilt, String message) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("\"objects\"", "\"objects\": [\"person\", \"car\"]");
    members.put("\"question\"", "\"question\": [\"Why\", [0], \"?\"]");
    members.put("\"answer_choices\"", "\"answer_choices\": [[\"No\"], [[1]]]");
    for (String key : new ArrayList<>(members.keySet())) {
      if (spoilt.contains(key)) {
        members.remove(key);
      }
    }
    members.put("", spoilt);
    String line = "{" + String.join(", ", members.values()) + "}";
    assertThatThrownBy(() -> VcrItem.parse(line.getBytes(StandardCharsets.UTF_8), "v"))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void needsTheRightAnswerAndRationalesToAskForOne() {
    String item = "{\"objects\": [], \"question\": [\"Why\"], \"answer_choices\": [[\"No\"]]%s}";
    assertThatThrownBy(() -> item(item.formatted("")).requireRationales())
        .isInstanceOf(InputException.class)
        .hasMessage(
            "answer_label: expected the right answer, given which a rationale is chosen, found"
                + " none");
    assertThatThrownBy(() -> item(item.formatted(", \"answer_label\": 0")).requireRationales())
        .isInstanceOf(InputException.class)
        .hasMessage("rationale_choices: expected rationales to choose from, found none");
  }

  /** The quirk may lead beyond the positions of a small model; the text itself does not. */
  @Test
  void refusesAnAlignmentBeyondTheModelsPositions() {
    String line =
        "{\"objects\": [\"person\"], \"question\": [\"Why\"], \"answer_choices\": [[%s[0]]]}"
            .formatted("\"tired\", ".repeat(200));
    VisualFeatures picture = VisualFeatures.of("p", new float[32], 2, 16);
    TaggedQuestion question = item(line).answers(picture);
    assertThatThrownBy(() -> model.multipleChoice().choose(List.of(question)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "a region is aligned with position 203 of the text, the model has 192; expected a"
                + " shorter text");
  }
}
