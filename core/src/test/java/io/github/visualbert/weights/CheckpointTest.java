package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checkpoints written for one mistake or one freedom each: a pre-training model of one layer with 4
 * features.
 */
class CheckpointTest {
  private static final String WORDS = "visual_bert.embeddings.word_embeddings.weight";
  private static final String DECODER = "cls.predictions.decoder";

  private static final Architecture TIED = architecture(HeadType.PRE_TRAINING, 2, true, true);

  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();
  private final Map<String, Tensor> tensors = tensors(TIED);
  private final Map<String, String> metadata = new LinkedHashMap<>();

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() throws IOException {
    tensors.remove("visual_bert.pooler.dense.bias");
    tensors.remove("visual_bert.encoder.layer.0.output.dense.weight");
    tensors.put("cls.predictions.transform.dense.weight", Tensor.of(new float[12], 3, 4));
    tensors.put("cls.seq_relationship.bias", Tensor.of(new long[2], 2));
    tensors.put("visual_bert.encoder.layer.1.output.dense.weight", Tensor.of(new float[1], 1));
    tensors.put("extra\n", Tensor.of(new float[1], 1));
    tensors.put("pooler.dense.weight", Tensor.of(new float[16], 4, 4));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, TIED);
      assertThat(audit.isOk()).isFalse();
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(audit::orThrow)
          .withMessage(
              checkpoint.source().path()
                  + ": does not fit the model: 2 missing:"
                  + " visual_bert.encoder.layer.0.output.dense.weight [4, 6],"
                  + " visual_bert.pooler.dense.bias [4]; 1 unexpected:"
                  + " \"visual_bert.encoder.layer.1.output.dense.weight\"; 2 of another shape or"
                  + " kind: cls.predictions.transform.dense.weight expected [4, 4], found [3, 4],"
                  + " cls.seq_relationship.bias expected floating-point numbers, found I64; 1"
                  + " ambiguous: \"pooler.dense.weight\" and \"visual_bert.pooler.dense.weight\""
                  + " are both visual_bert.pooler.dense.weight; 1 of no part of a VisualBERT:"
                  + " \"extra\\n\"")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH));
    }
  }

  @Test
  void doesNotNameThousands() throws IOException {
    for (int i = 0; i < 3000; i++) {
      tensors.put("cls.extra." + i, Tensor.of(new float[0], 0));
    }
    try (Checkpoint checkpoint = checkpoint()) {
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(LoadAudit.of(checkpoint, TIED)::orThrow)
          .withMessageContaining("3000 unexpected: \"cls.extra.0\"")
          .withMessageEndingWith(" and 2995 more");
    }
  }

  @Test
  void ignoresWhatIsNoPartOfAVisualBert() throws IOException {
    tensors.put("loss_fct.pos_weight", Tensor.of(new float[2], 2));
    tensors.put("teacher.embeddings.weight", Tensor.of(new float[2], 2));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, TIED);
      audit.orThrow();
      assertThat(audit.ignored())
          .containsExactly("loss_fct.pos_weight", "teacher.embeddings.weight");
      assertThat(audit.used()).doesNotContainAnyElementsOf(audit.ignored());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cls.weight", "attention.query.weight", "visual_bert.adapter.weight"})
  void refusesPartsThatTheModelDoesNotHave(String name) throws IOException {
    tensors.put(name, Tensor.of(new float[2], 2));
    try (Checkpoint checkpoint = checkpoint()) {
      assertMismatch(
          LoadAudit.of(checkpoint, TIED)::orThrow,
          "%s: does not fit the model: 1 unexpected: \"%s\""
              .formatted(checkpoint.source().path(), name));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUESTION_ANSWERING", "VISUAL_REASONING"})
  void saysHowManyLabelsThereAreOnBothSides(HeadType head) throws IOException {
    tensors.clear();
    tensors.putAll(tensors(architecture(head, 3, true, true)));
    try (Checkpoint checkpoint = checkpoint()) {
      assertMismatch(
          LoadAudit.of(checkpoint, architecture(head, 2, true, true))::orThrow,
          checkpoint.source().path()
              + ": does not fit the model: config.json names 2 labels, the weights have 3"
              + " (cls.weight); give it an id2label of 3 names, or \"num_labels\": 3 and no"
              + " id2label");
    }
  }

  @Test
  void saysWhereTheModelsAreOfWhichOneIsExpected() throws IOException {
    Map<String, Tensor> one = new LinkedHashMap<>(tensors);
    tensors.clear();
    one.forEach((name, tensor) -> tensors.put("student." + name, tensor));
    one.forEach((name, tensor) -> tensors.put("teacher." + name, tensor));
    try (Checkpoint checkpoint = checkpoint()) {
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(LoadAudit.of(checkpoint, TIED)::orThrow)
          .withMessageContaining("2 models, expected one; names begin with: student., teacher.; ")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1500));
    }
  }

  @Test
  void tiesTheDecoderThatIsNotStored() throws IOException {
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, TIED);
      audit.orThrow();
      assertThat(audit.tied())
          .isEqualTo(Map.of(DECODER + ".weight", WORDS, DECODER + ".bias", "cls.predictions.bias"));
      assertThat(audit.used())
          .contains("cls.predictions.bias")
          .containsOnlyOnceElementsOf(checkpoint.names());
      assertThat(audit.unused()).isEmpty();
      assertThat(checkpoint.tensor(DECODER + ".weight", 5, 4).data())
          .isEqualTo(checkpoint.tensor(WORDS, 5, 4).data());
    }
  }

  @Test
  void usesTheDecoderThatIsStored() throws IOException {
    tensors.put(DECODER + ".weight", Tensor.of(new float[20], 5, 4));
    tensors.put(DECODER + ".bias", Tensor.of(new float[] {9, 9, 9, 9, 9}, 5));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, TIED);
      audit.orThrow();
      assertThat(audit.tied()).isEmpty();
      assertThat(audit.unused()).containsExactly("cls.predictions.bias");
      assertThat(checkpoint.tensor(DECODER + ".weight", 5, 4).getFloat(7)).isZero();
      assertThat(checkpoint.tensor(DECODER + ".bias", 5).getFloat(0)).isEqualTo(9);
    }
  }

  @Test
  void takesTheWordEmbeddingsFromADecoderStoredInTheirPlace() throws IOException {
    tensors.put(DECODER + ".weight", tensors.remove(WORDS));
    tensors.put(DECODER + ".bias", tensors.remove("cls.predictions.bias"));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit.of(checkpoint, TIED).orThrow();
      assertThat(Architecture.recover(checkpoint, 2)).isEqualTo(TIED);
      assertThat(checkpoint.tensor(WORDS, 5, 4).elementCount()).isEqualTo(20);
    }
  }

  @Test
  void missesAnUntiedDecoder() throws IOException {
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit =
          LoadAudit.of(checkpoint, architecture(HeadType.PRE_TRAINING, 2, true, false));
      assertThat(audit.missing()).containsExactly(DECODER + ".weight [5, 4]");
    }
  }

  @Test
  void findsATensorThatSafetensorsLeftOut() throws IOException {
    tensors.remove("visual_bert.pooler.dense.weight");
    metadata.put(
        "visual_bert.pooler.dense.weight", "visual_bert.encoder.layer.0.attention.self.key.weight");
    metadata.put("format", "pt");
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit.of(checkpoint, TIED).orThrow();
      assertThat(checkpoint.info("visual_bert.pooler.dense.weight").name()).endsWith("key.weight");
    }
  }

  @Test
  void acceptsTheSameTensorUnderTwoNames() throws IOException {
    tensors.put("pooler.dense.weight", tensors.get("visual_bert.pooler.dense.weight"));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit.of(checkpoint, TIED).orThrow();
    }
  }

  @Test
  void readsTheEncoderOfAnyHead() throws IOException {
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, architecture(HeadType.BASE, 2, false, true));
      audit.orThrow();
      assertThat(audit.unused())
          .contains("cls.seq_relationship.bias", "visual_bert.pooler.dense.bias")
          .hasSize(9);
    }
  }

  @Test
  void missesAHeadThatIsNotThere() throws IOException {
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit =
          LoadAudit.of(checkpoint, architecture(HeadType.QUESTION_ANSWERING, 7, true, true));
      assertThat(audit.missing()).containsExactly("cls.weight [7, 4]", "cls.bias [7]");
      assertThat(audit.unexpected()).hasSize(7).allMatch(name -> name.startsWith("cls."));
    }
  }

  @Test
  void readsTheClassifierOfTwoLayers() throws IOException {
    Architecture classifier = architecture(HeadType.QUESTION_ANSWERING, 7, true, true);
    Map<String, Tensor> mmf = new LinkedHashMap<>();
    tensors(classifier)
        .forEach(
            (name, tensor) ->
                mmf.put(
                    name.replace("visual_bert.", "model.bert.")
                        .replaceFirst("^cls\\.", "model.classifier.1."),
                    tensor));
    mmf.put("model.classifier.0.dense.weight", Tensor.of(new float[16], 4, 4));
    mmf.put("model.classifier.0.dense.bias", Tensor.of(new float[4], 4));
    mmf.put("model.classifier.0.LayerNorm.weight", Tensor.of(new float[4], 4));
    tensors.clear();
    tensors.putAll(mmf);
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, classifier);
      assertThat(audit.missing()).containsExactly("cls.transform.LayerNorm.bias [4]");
      assertThat(audit.used()).contains("cls.transform.dense.weight", "cls.weight");
      assertThat(Architecture.recover(checkpoint, 2)).isEqualTo(classifier);
    }
  }

  @Test
  void keepsTheDetectorAsideAndIgnoresPositionIds() throws IOException {
    tensors.put(
        "detector.backbone.0.weight",
        Tensor.of(new float[] {1, Float.NaN, Float.NEGATIVE_INFINITY}, 3));
    tensors.put("embeddings.position_ids", Tensor.of(new long[6], 1, 6));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit.of(checkpoint, TIED).orThrow();
      assertThat(checkpoint.detectorNames()).containsExactly("detector.backbone.0.weight");
      assertThat(checkpoint.names()).noneMatch(name -> name.contains("position_ids"));
      assertThat(checkpoint.scan("detector.backbone.0.weight"))
          .isEqualTo(new NumberScan(3, 1, 1, 1, 1));
      assertThat(checkpoint.scan(WORDS)).isEqualTo(new NumberScan(20, 0, 0, 0, 19));
      assertThat(checkpoint.scan(WORDS).isFinite()).isTrue();
    }
  }

  @Test
  void roundsDoublesToFloats() throws IOException {
    MemorySegment doubles = arena.allocate(32, 8);
    for (int i = 0; i < 4; i++) {
      doubles.setAtIndex(ValueLayout.JAVA_DOUBLE, i, i / 3.0);
    }
    tensors.put("visual_bert.pooler.dense.bias", new Tensor(DType.F64, new long[] {4}, doubles));
    try (Checkpoint checkpoint = checkpoint()) {
      LoadAudit audit = LoadAudit.of(checkpoint, TIED);
      audit.orThrow();
      assertThat(audit.dtypes()).isEqualTo(Map.of("F32", audit.used().size() - 1, "F64", 1));
      Tensor bias = checkpoint.tensor("visual_bert.pooler.dense.bias", 4);
      assertThat(bias.dtype()).isEqualTo(DType.F32);
      assertThat(bias.toFloatArray()).containsExactly(0, (float) (1 / 3.0), (float) (2 / 3.0), 1);
    }
  }

  @Test
  void checksWhatIsAskedOneByOne() throws IOException {
    tensors.put("visual_bert.pooler.dense.bias", Tensor.of(new long[4], 4));
    try (Checkpoint checkpoint = checkpoint()) {
      String file = checkpoint.source().path() + ": ";
      assertMismatch(
          () -> checkpoint.tensor("cls.weight", 2, 4),
          file + "no tensor cls.weight of shape [2, 4]");
      assertMismatch(
          () -> checkpoint.tensor(WORDS, 4, 5),
          file + "tensor " + WORDS + ": expected shape [4, 5], found [5, 4]");
      assertMismatch(
          () -> checkpoint.tensor("visual_bert.pooler.dense.bias", 4),
          file
              + "tensor visual_bert.pooler.dense.bias: expected floating-point numbers, found I64");
      assertMismatch(() -> checkpoint.info("cls.weight"), file + "no tensor cls.weight");
    }
  }

  @Test
  void cannotTellTheSizesOfSomethingElse() throws IOException {
    tensors.keySet().removeIf(name -> name.contains("embeddings"));
    try (Checkpoint checkpoint = checkpoint()) {
      assertMismatch(
          () -> Architecture.recover(checkpoint, 2),
          checkpoint.source().path()
              + ": there is no config.json, and the weights do not tell the sizes of the model: no"
              + " tensor "
              + WORDS
              + ", no tensor visual_bert.embeddings.position_embeddings.weight,"
              + " no tensor visual_bert.embeddings.token_type_embeddings.weight,"
              + " no tensor visual_bert.embeddings.visual_projection.weight");
    }
    tensors.putAll(tensors(TIED));
    try (Checkpoint checkpoint = checkpoint()) {
      assertMismatch(
          () -> Architecture.recover(checkpoint, 0),
          checkpoint.source().path()
              + ": there is no config.json, and the weights do not tell the sizes of the model:"
              + " hidden_size 4 is no multiple of 64, and no shape says num_attention_heads");
      assertMismatch(
          () -> Architecture.recover(checkpoint, 3),
          checkpoint.source().path()
              + ": there is no config.json, and the weights do not tell the sizes of the model:"
              + " hidden_size 4 is not a multiple of num_attention_heads 3");
    }
  }

  private static void assertMismatch(ThrowingCallable call, String message) {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(call)
        .withMessage(message)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH));
  }

  private Checkpoint checkpoint() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach(writer::add);
    Path file = folder.resolve("model.safetensors");
    writer.write(file);
    return Checkpoint.open(file, arena);
  }

  private static Architecture architecture(
      HeadType head, int labels, boolean pooler, boolean tied) {
    VisualBertConfig config =
        new VisualBertConfig(
            List.of(head.className()),
            5,
            4,
            1,
            2,
            6,
            3,
            Activation.GELU,
            8,
            2,
            1e-12,
            false,
            tied,
            VisualBertConfig.placeholderLabels(labels));
    return Architecture.of(config, head, pooler);
  }

  /** Makes the tensors that transformers would store: all but the decoder, which is tied. */
  private static Map<String, Tensor> tensors(Architecture architecture) {
    return architecture.parameters(prefix -> false).entrySet().stream()
        .filter(parameter -> !parameter.getKey().startsWith(DECODER))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                parameter -> ascending(parameter.getValue().shape()),
                (a, b) -> a,
                LinkedHashMap::new));
  }

  private static Tensor ascending(long[] shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return Tensor.of(values, shape);
  }
}
