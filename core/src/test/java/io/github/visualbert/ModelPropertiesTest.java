package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.forward.ForwardOutputs;
import io.github.visualbert.task.QuestionAnswering.Question;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What must hold for any weights, to the bit unless a test says otherwise. */
class ModelPropertiesTest {
  private static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  private static final Path DEMO = TESTDATA.resolve("demo");
  private static final Path MODELS = TESTDATA.resolve("goldens/models");
  private static final int TEXT = 7;
  private static final int REGIONS = 5;

  /** The sum over keys runs in their order, so other rows move within rounding. */
  @Test
  void permutedRegionsPermuteTheirRows() {
    try (VisualBert model = base()) {
      int dim = model.config().visualEmbeddingDim();
      int hidden = model.config().hiddenSize();
      float[] regions = random(REGIONS * dim, 1);
      int[] permutation = {3, 0, 4, 1, 2};
      float[] permuted = new float[regions.length];
      for (int i = 0; i < REGIONS; i++) {
        System.arraycopy(regions, permutation[i] * dim, permuted, i * dim, dim);
      }
      Map<String, Tensor> first = run(model, inputs(model, 1, regions));
      Map<String, Tensor> second = run(model, inputs(model, 1, permuted));
      float[] embedded = first.get("hidden_states.0").toFloatArray();
      float[] embeddedSecond = second.get("hidden_states.0").toFloatArray();
      float[] last = first.get("last_hidden_state").toFloatArray();
      float[] lastSecond = second.get("last_hidden_state").toFloatArray();
      for (int row = 0; row < TEXT + REGIONS; row++) {
        int from = row < TEXT ? row : TEXT + permutation[row - TEXT];
        assertThat(row(embeddedSecond, row, hidden)).isEqualTo(row(embedded, from, hidden));
        for (int i = 0; i < hidden; i++) {
          assertThat(lastSecond[row * hidden + i])
              .isCloseTo(last[from * hidden + i], within(1e-5f));
        }
      }
    }
  }

  @Test
  void maskedPaddingLeavesOtherRowsUnchanged() {
    try (VisualBert model = base()) {
      int dim = model.config().visualEmbeddingDim();
      int hidden = model.config().hiddenSize();
      float[] regions = random(REGIONS * dim, 2);
      Map<String, Tensor> plain = inputs(model, 1, regions);
      Map<String, Tensor> padded = new HashMap<>();
      long[] ids = Arrays.copyOf(ids(plain), TEXT + 3);
      padded.put("input_ids", Tensor.of(ids, 1, TEXT + 3));
      padded.put("attention_mask", Tensor.of(ones(TEXT, TEXT + 3), 1, TEXT + 3));
      padded.put(
          "visual_embeds",
          Tensor.of(Arrays.copyOf(regions, (REGIONS + 2) * dim), 1, REGIONS + 2, dim));
      padded.put("visual_attention_mask", Tensor.of(ones(REGIONS, REGIONS + 2), 1, REGIONS + 2));
      float[] expected = run(model, plain).get("last_hidden_state").toFloatArray();
      float[] actual = run(model, padded).get("last_hidden_state").toFloatArray();
      for (int row = 0; row < TEXT + REGIONS; row++) {
        int paddedRow = row < TEXT ? row : row + 3;
        assertThat(row(actual, paddedRow, hidden)).isEqualTo(row(expected, row, hidden));
      }
    }
  }

  @Test
  void noRegionsAreTheSameAsNoPicture() {
    for (String name : List.of("base_text_only", "bypass_text_only")) {
      try (VisualBert model = VisualBert.open(MODELS.resolve(name))) {
        long dim = model.config().visualEmbeddingDim();
        Map<String, Tensor> textOnly = new HashMap<>();
        textOnly.put("input_ids", ids(model, 2));
        Map<String, Tensor> noRegions = new HashMap<>(textOnly);
        noRegions.put("visual_embeds", Tensor.of(new float[0], 2, 0, dim));
        assertSameBits(run(model, noRegions), run(model, textOnly));
      }
    }
  }

  @Test
  void alignmentIsAMeanOverTextPositions() {
    try (VisualBert model = base()) {
      float[] regions = random(REGIONS * model.config().visualEmbeddingDim(), 3);
      Map<String, Tensor> reference = aligned(model, regions, 2, 5);
      assertSameBits(aligned(model, regions, 5, 2), reference);
      assertSameBits(aligned(model, regions, -1, 5, 2, -1), reference);
      assertSameBits(aligned(model, regions, 4, 4), aligned(model, regions, 4));
      assertThat(reference.get("hidden_states.0").toFloatArray())
          .isNotEqualTo(aligned(model, regions, 4).get("hidden_states.0").toFloatArray());
      assertSameBits(aligned(model, regions, -1, -1), run(model, inputs(model, 1, regions)));
    }
  }

  private static Map<String, Tensor> aligned(VisualBert model, float[] regions, long... positions) {
    long[] alignment = new long[REGIONS * positions.length];
    for (int i = 0; i < alignment.length; i++) {
      alignment[i] = positions[i % positions.length];
    }
    Map<String, Tensor> inputs = inputs(model, 1, regions);
    inputs.put("image_text_alignment", Tensor.of(alignment, 1, REGIONS, positions.length));
    return run(model, inputs);
  }

  @Test
  void questionAnsweringReadsWhereTheMaskEnds() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      float[] regions = random(REGIONS * model.config().visualEmbeddingDim(), 4);
      for (int visible = 2; visible <= TEXT; visible++) {
        Map<String, Tensor> padded = inputs(model, 1, regions);
        padded.put("attention_mask", Tensor.of(ones(visible, TEXT), 1, TEXT));
        Map<String, Tensor> cut = inputs(model, 1, regions);
        long[] ids = Arrays.copyOf(ids(cut), visible);
        cut.put("input_ids", Tensor.of(ids, 1, visible));
        cut.put("attention_mask", Tensor.of(ones(visible, visible), 1, visible));
        assertThat(run(model, padded).get("logits").toFloatArray())
            .isEqualTo(run(model, cut).get("logits").toFloatArray());
      }
    }
  }

  @Test
  void logitsWithLabelsAreLogProbabilities() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      int labels = model.config().numLabels();
      Map<String, Tensor> inputs =
          inputs(model, 1, random(REGIONS * model.config().visualEmbeddingDim(), 5));
      inputs.put("attention_mask", Tensor.of(ones(TEXT, TEXT), 1, TEXT));
      inputs.put("labels", Tensor.of(new float[labels], 1, labels));
      double sum = 0;
      for (float logProbability : run(model, inputs).get("logits").toFloatArray()) {
        sum += Math.exp(logProbability);
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void aQuestionHasTheSameBitsAloneInABatchAndOnAnyNumberOfThreads() {
    List<String> questions = questions();
    List<List<Ranking>> all = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).threads(threads).open()) {
        List<VisualFeatures> pictures = pictures(model);
        List<Ranking> alone = new ArrayList<>();
        List<Question> batch = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
          VisualFeatures picture = pictures.get(i % pictures.size());
          alone.add(model.questionAnswering().answer(questions.get(i), picture, 35));
          batch.add(new Question(questions.get(i), picture));
        }
        all.add(alone);
        all.add(model.questionAnswering().answer(batch, 35));
      }
    }
    assertThat(all).allMatch(all.getFirst()::equals);
  }

  @Test
  void sixteenThreadsGetTheAnswersTheyGetAlone() throws Exception {
    List<String> questions = questions();
    try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).threads(2).open();
        ExecutorService callers = Executors.newFixedThreadPool(16)) {
      List<VisualFeatures> pictures = pictures(model);
      List<Ranking> alone = new ArrayList<>();
      List<Callable<Ranking>> asked = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String question = questions.get(i % questions.size());
        VisualFeatures picture = pictures.get(i % pictures.size());
        alone.add(model.questionAnswering().answer(question, picture, 3));
        asked.add(() -> model.questionAnswering().answer(question, picture, 3));
      }
      List<Ranking> together = new ArrayList<>();
      for (Future<Ranking> answer : callers.invokeAll(asked)) {
        together.add(answer.get());
      }
      assertThat(together).isEqualTo(alone);
    }
  }

  /** The build names the provider each run of the tests is meant for. */
  @Test
  void theProviderThatWasNamedComputes() {
    String named = System.getProperty("visualbert.provider", "scalar");
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      assertThat(model.kernels()).startsWith(named + ": ");
    }
  }

  private static VisualBert base() {
    return VisualBert.builder(DEMO.resolve("vqa")).head(HeadType.BASE).open();
  }

  private static List<String> questions() {
    return List.of(
        "what is the colour of the ring?",
        "how many stars are there?",
        "is there a red circle?",
        "what shape is left of the large green square?",
        "where is the heart",
        "are there more rings than crosses?",
        "what size is the blue thing?");
  }

  private static List<VisualFeatures> pictures(VisualBert model) {
    List<VisualFeatures> pictures = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      pictures.add(model.regions(DEMO.resolve("images/scene-" + i + ".png")));
    }
    return pictures;
  }

  private static long[] ids(Map<String, Tensor> inputs) {
    Tensor ids = inputs.get("input_ids");
    return LongStream.range(0, ids.elementCount()).map(ids::getLong).toArray();
  }

  private static Map<String, Tensor> inputs(VisualBert model, int batch, float[] regions) {
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("input_ids", ids(model, batch));
    inputs.put(
        "visual_embeds", Tensor.of(regions, batch, REGIONS, model.config().visualEmbeddingDim()));
    return inputs;
  }

  private static Tensor ids(VisualBert model, int batch) {
    long[] ids = new Random(7).longs((long) batch * TEXT, 0, model.config().vocabSize()).toArray();
    return Tensor.of(ids, batch, TEXT);
  }

  private static Map<String, Tensor> run(VisualBert model, Map<String, Tensor> inputs) {
    ForwardOutputs outputs = model.forward().run(new ForwardInputs(inputs), true, false);
    return outputs.tensors();
  }

  private static void assertSameBits(Map<String, Tensor> actual, Map<String, Tensor> expected) {
    assertThat(actual).containsOnlyKeys(expected.keySet());
    actual.forEach(
        (name, tensor) ->
            assertThat(tensor.toFloatArray())
                .as(name)
                .isEqualTo(expected.get(name).toFloatArray()));
  }

  private static float[] random(int count, int seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static long[] ones(int ones, int length) {
    long[] mask = new long[length];
    Arrays.fill(mask, 0, ones, 1);
    return mask;
  }

  private static float[] row(float[] values, int row, int columns) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }
}
