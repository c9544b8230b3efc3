package io.github.visualbert.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.VisualBert;
import io.github.visualbert.config.Preset;
import io.github.visualbert.error.InputException;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionMap.Grounding;
import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionGroundingTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  private static final Path SCENE = DEMO.resolve("images/scene-1.png");
  private static final Path OTHER_SCENE = DEMO.resolve("images/scene-6.png");
  private static final String TEXT = "What's the colour of the ring, or the zoetrope?";

  /** The text that the encoder reads, spelled with its special tokens. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vqa              | hf      | 1 | What's the colour of the ring, or the zoetrope?
          vqa              | authors | 1 | what 's the colour of the ring or the zoetrope ? [MASK]
          nlvr2            | hf      | 2 | What's the colour of the ring, or the zoetrope?
          nlvr2            | authors | 2 | What's the colour of the ring, or the zoetrope?
          multiple-choice  | hf      | 1 | What's the colour of the ring, or the zoetrope?
          multiple-choice  | authors | 1 | What's the colour of the ring, or the zoetrope?
          region-to-phrase | hf      | 1 | What's the colour of the ring, or the zoetrope?
          region-to-phrase | authors | 1 | What's the colour of the ring, or the zoetrope?
          pretraining      | hf      | 1 | What's the colour of the ring, or the zoetrope?
          pretraining      | authors | 1 | What's the colour of the ring, or the zoetrope?
          """)
  void mapsAreTheAttentionsOfThePlainPass(String folder, String preset, int pictures, String read) {
    String pair = folder.equals("multiple-choice") ? "it is blue." : null;
    try (VisualBert model =
        VisualBert.builder(DEMO.resolve(folder)).preset(Preset.of(preset)).open()) {
      List<VisualFeatures> seen = new ArrayList<>(List.of(model.regions(SCENE)));
      if (pictures == 2) {
        seen.add(model.regions(OTHER_SCENE));
      }
      AttentionGrounding task = model.attentionGrounding();
      Input input = new Input(TEXT, pair, seen);
      AttentionMaps found = task.explain(input, HeadSelection.all(), false);

      Map<String, Tensor> expected = attentions(model, read, pair, seen);
      assertThat(found.maps()).hasSize(task.layers() * task.heads());
      int size = found.rows().count();
      List<float[]> visited = new ArrayList<>();
      task.visit(input, HeadSelection.all(), map -> visited.add(map.tensor().toFloatArray()));
      for (int i = 0; i < found.maps().size(); i++) {
        AttentionMap map = found.maps().get(i);
        float[] layer = expected.get("attentions." + map.layer()).toFloatArray();
        float[] head =
            Arrays.copyOfRange(layer, map.head() * size * size, (map.head() + 1) * size * size);
        assertThat(map.tensor().toFloatArray()).as(map.toString()).isEqualTo(head);
        assertThat(visited.get(i)).as(map.toString()).isEqualTo(head);
      }
    }
  }

  private static Map<String, Tensor> attentions(
      VisualBert model, String text, String pair, List<VisualFeatures> pictures) {
    Path folder = DEMO.resolve("vqa"); // all demo models have the same vocabulary
    Encoding encoding = BertTokenizer.open(folder).encode(text, pair);
    VisualFeatures regions =
        pictures.size() == 1
            ? pictures.getFirst()
            : VisualFeatures.concatenate(pictures.getFirst(), pictures.getLast());
    int length = encoding.size();
    long[] types = new long[regions.regions()];
    Arrays.fill(types, model.preset().visualTokenType());
    if (pictures.size() == 2) {
      Arrays.fill(types, 0, pictures.getFirst().regions(), 0);
      Arrays.fill(types, pictures.getFirst().regions(), types.length, 1);
    }
    long[] shape = pair == null ? new long[] {1, length} : new long[] {1, 1, length};
    long[] visual = pair == null ? new long[] {1, types.length} : new long[] {1, 1, types.length};
    long[] features = Arrays.copyOf(visual, visual.length + 1);
    features[visual.length] = regions.dim();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("input_ids", Tensor.of(longs(encoding.ids()), shape));
    inputs.put("token_type_ids", Tensor.of(longs(encoding.tokenTypeIds()), shape));
    inputs.put("attention_mask", Tensor.of(longs(encoding.attentionMask()), shape));
    inputs.put("visual_embeds", Tensor.of(regions.toArray(), features));
    inputs.put("visual_token_type_ids", Tensor.of(types, visual));
    long[] ones = new long[types.length];
    Arrays.fill(ones, 1);
    inputs.put("visual_attention_mask", Tensor.of(ones, visual));
    if (model.headType().className().contains("RegionToPhrase")) {
      inputs.put("region_to_phrase_position", Tensor.of(new long[] {1}, 1, 1));
    }
    return model.forward().run(new ForwardInputs(inputs), false, true).tensors();
  }

  private static long[] longs(int[] ints) {
    return Arrays.stream(ints).asLongStream().toArray();
  }

  @Test
  void wordsAreThoseOfTheTextWhateverTheModelReadsOfThem() {
    try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).preset(Preset.AUTHORS).open()) {
      AttentionRows rows = rows(model, new Input(TEXT, null, List.of(model.regions(SCENE))));
      List<String> spelled = new ArrayList<>();
      int row = 0;
      for (Word word : rows.words()) {
        assertThat(word.firstRow()).isEqualTo(row);
        row += word.pieces();
        if (word.source() == Source.TEXT) {
          assertThat(TEXT.substring(word.begin(), word.end())).isEqualTo(word.text());
        }
        spelled.add(word.source() == Source.ADDED ? "+" + word.text() : word.text());
      }
      assertThat(spelled)
          .containsExactly(
              "+[CLS]",
              "What",
              "'",
              "s",
              "the",
              "colour",
              "of",
              "the",
              "ring",
              "or",
              "the",
              "zoetrope",
              "+?",
              "+[MASK]",
              "+[SEP]");
      assertThat(row).isEqualTo(rows.textRows());
      assertThat(rows.words().get(11).pieces()).isGreaterThan(1);
      int at = TEXT.indexOf("zoetrope");
      assertThat(rows.wordsWithin(at, at + 8)).containsExactly(11);
      assertThat(rows.wordsWithin(0, 6)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void masksInTheTextAreWordsOfTheirOwn() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("pretraining"))) {
      AttentionRows rows =
          rows(model, Input.of("the [MASK] heart is small.", model.regions(SCENE)));
      assertThat(rows.words().stream().map(Word::text))
          .containsExactly("[CLS]", "the", "[MASK]", "heart", "is", "small", ".", "[SEP]");
    }
  }

  @Test
  void regionsOfTwoPicturesFollowEachOther() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("nlvr2"))) {
      VisualFeatures left = model.regions(SCENE);
      AttentionRows rows =
          rows(model, new Input("a heart.", null, List.of(left, model.regions(OTHER_SCENE))));
      assertThat(rows.regions()).containsExactly(16, 16);
      assertThat(rows.pictureOf(15)).isZero();
      assertThat(rows.pictureOf(16)).isEqualTo(1);
      assertThatThrownBy(() -> rows(model, Input.of("a heart.", left)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("one picture, expected two: the model compares pictures");
    }
  }

  private static AttentionRows rows(VisualBert model, Input input) {
    return model.attentionGrounding().explain(input, HeadSelection.of(0, 0), false).rows();
  }

  /** The definition, written out, against every part of a map. */
  @Test
  void attentionToAWordIsTheSumAndFromItTheAverageOfItsPieces() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("region-to-phrase"))) {
      Input input = Input.of("a zoetrope, a ring", model.regions(SCENE));
      AttentionMap map =
          model.attentionGrounding().explain(input, HeadSelection.of(1, 2), false).map(1, 2);
      AttentionRows rows = map.rows();
      Tensor pieces = map.tensor();
      int words = rows.words().size();
      double[][] expected = new double[words + 16][words + 16];
      for (int from = 0; from < words + 16; from++) {
        for (int to = 0; to < words + 16; to++) {
          int[] fromRows = rowsOf(rows, from);
          for (int row : fromRows) {
            for (int column : rowsOf(rows, to)) {
              expected[from][to] += pieces.getFloat((long) row * rows.count() + column);
            }
          }
          expected[from][to] /= fromRows.length;
        }
      }
      assertPart(map.words(), expected, 0, words + 16, 0, words + 16);
      assertPart(map.wordToWord(), expected, 0, words, 0, words);
      assertPart(map.wordToRegion(), expected, 0, words, words, words + 16);
      assertPart(map.regionToWord(), expected, words, words + 16, 0, words);
      assertPart(map.regionToRegion(), expected, words, words + 16, words, words + 16);
      assertThat(rows.words().get(2).pieces()).isGreaterThan(1);
      for (double[] row : expected) {
        assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-5));
      }
      int[] phrase = rows.wordsWithin(0, 10);
      assertThat(phrase).containsExactly(1, 2);
      int best = 0;
      double[] together = new double[16];
      for (int region = 0; region < 16; region++) {
        together[region] = (expected[1][words + region] + expected[2][words + region]) / 2;
        best = together[region] > together[best] ? region : best;
      }
      Grounding grounding = map.ground(phrase);
      assertThat(grounding.region()).isEqualTo(best);
      assertThat(grounding.weight()).isCloseTo(together[best], within(1e-7));
      assertThat(grounding.mass()).isCloseTo(Arrays.stream(together).sum(), within(1e-6));
    }
  }

  private static int[] rowsOf(AttentionRows rows, int index) {
    if (index >= rows.words().size()) {
      return new int[] {rows.textRows() + index - rows.words().size()};
    }
    Word word = rows.words().get(index);
    int[] all = new int[word.pieces()];
    Arrays.setAll(all, i -> word.firstRow() + i);
    return all;
  }

  private static void assertPart(
      Tensor part, double[][] expected, int fromBegin, int fromEnd, int toBegin, int toEnd) {
    assertThat(part.shape()).containsExactly(fromEnd - fromBegin, toEnd - toBegin);
    int at = 0;
    for (int from = fromBegin; from < fromEnd; from++) {
      for (int to = toBegin; to < toEnd; to++) {
        assertThat((double) part.getFloat(at++)).isCloseTo(expected[from][to], within(1e-7));
      }
    }
  }

  /** Abnar and Zuidema's product, written out with whole matrices. */
  @Test
  void rolloutMultipliesTheLayers() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("pretraining"))) {
      Input input = Input.of("a blue ring", model.regions(SCENE));
      AttentionGrounding task = model.attentionGrounding();
      AttentionMaps all = task.explain(input, HeadSelection.all(), true);
      assertThat(task.explain(input, HeadSelection.of(3, 1), true).rollout()).hasSize(4);
      int n = all.rows().count();
      double[][] total = new double[n][n];
      for (int i = 0; i < n; i++) {
        total[i][i] = 1;
      }
      for (int layer = 0; layer < task.layers(); layer++) {
        double[][] mixed = new double[n][n];
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            for (int head = 0; head < task.heads(); head++) {
              mixed[i][j] += all.map(layer, head).tensor().getFloat((long) i * n + j);
            }
            mixed[i][j] = 0.5 * mixed[i][j] / task.heads() + (i == j ? 0.5 : 0);
          }
        }
        double[][] next = new double[n][n];
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            for (int k = 0; k < n; k++) {
              next[i][j] += mixed[i][k] * total[k][j];
            }
          }
        }
        total = next;
        AttentionMap rolled = all.rollout().get(layer);
        assertThat(rolled.layer()).isEqualTo(layer);
        assertThat(rolled.head()).isEqualTo(AttentionMap.ALL_HEADS);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            assertThat((double) rolled.tensor().getFloat((long) i * n + j))
                .isCloseTo(total[i][j], within(1e-6));
          }
        }
      }
    }
  }

  @Test
  void onlyTheSelectedHeadsAreKept() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      Input input = Input.of("where is the ring?", model.regions(SCENE));
      AttentionGrounding task = model.attentionGrounding();
      Map<HeadSelection, String> expected = new LinkedHashMap<>();
      expected.put(HeadSelection.of(2, 1), "[layer 2, head 1]");
      expected.put(
          HeadSelection.ofLayer(3),
          "[layer 3, head 0, layer 3, head 1, layer 3, head 2, layer 3, head 3]");
      expected.put(
          new HeadSelection(HeadSelection.EVERY, 0),
          "[layer 0, head 0, layer 1, head 0, layer 2, head 0, layer 3, head 0]");
      expected.forEach(
          (selection, maps) -> {
            assertThat(task.explain(input, selection, false).maps()).hasToString(maps);
            List<String> visited = new ArrayList<>();
            task.visit(input, selection, map -> visited.add(map.toString()));
            assertThat(visited).hasToString(maps);
          });
      assertThatThrownBy(() -> task.explain(input, HeadSelection.of(4, 0), false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("layer 4, the model has layers 0 to 3");
      assertThatThrownBy(() -> task.visit(input, HeadSelection.of(0, 4), map -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("head 4, the model has heads 0 to 3 in each layer");
      assertThatThrownBy(
              () ->
                  task.explain(
                      Input.of(" ", input.pictures().getFirst()), HeadSelection.all(), false))
          .isInstanceOf(InputException.class);
    }
  }

  @Test
  void aTextLongerThanTheModelIsCutAndSaidSo() {
    for (Preset preset : Preset.values()) {
      try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).preset(preset).open()) {
        AttentionRows rows = rows(model, Input.of("red ring ".repeat(60), model.regions(SCENE)));
        assertThat(rows.truncated()).isTrue();
        assertThat(rows.textRows()).isEqualTo(64);
        assertThat(rows.wordsWithin(500, 540)).isEmpty();
      }
    }
  }

  @Test
  void thePlantedHeadIsFoundFirst(@TempDir Path folder) throws Exception {
    int[][] pictures = {{3, 1, 0}, {5, 4, 2}, {1, 0, 2, 3}};
    try (VisualBert model = VisualBert.open(PlantedModel.write(folder))) {
      AttentionGrounding task = model.attentionGrounding();
      int[][] right = new int[task.layers()][task.heads()];
      int nouns = 0;
      for (int[] picture : pictures) {
        for (int region = 1; region < picture.length; region++, nouns++) {
          String noun = PlantedModel.NOUNS.get(picture[region]);
          String caption = "the " + noun + "s on the " + noun;
          int expected = region;
          task.visit(
              Input.of(caption, PlantedModel.picture(picture)),
              HeadSelection.all(),
              map -> {
                Grounding found = map.ground(map.rows().wordsWithin(4, 4 + noun.length()));
                right[map.layer()][map.head()] += found.region() == expected ? 1 : 0;
              });
        }
      }
      for (int layer = 0; layer < task.layers(); layer++) {
        for (int head = 0; head < task.heads(); head++) {
          boolean planted = layer == PlantedModel.LAYER && head == PlantedModel.HEAD;
          assertThat(right[layer][head]).isEqualTo(planted ? nouns : 0);
        }
      }
    }
  }
}
