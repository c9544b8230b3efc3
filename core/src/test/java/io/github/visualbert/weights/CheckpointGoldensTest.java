package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every checkpoint that the reference implementation wrote, against its own config.json. */
class CheckpointGoldensTest {
  private static final Path MODELS = Goldens.ROOT.resolve("models");
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");

  static Stream<String> cases() {
    return Goldens.list(MODELS, "*").stream().map(folder -> folder.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fitsItsConfiguration(String name) {
    Path folder = MODELS.resolve(name);
    JsonObject model = Goldens.json(folder.resolve("case.json"));
    String className = model.getString("head");
    boolean pooler =
        !model.has("model_kwargs")
            || model.getObject("model_kwargs").getBoolean("add_pooling_layer", true);
    try (Arena arena = Arena.ofConfined();
        Checkpoint checkpoint =
            Checkpoint.open(folder.resolve(model.getArray("weights").getString(0)), arena)) {
      Architecture architecture = architecture(folder, className, pooler);
      LoadAudit audit = LoadAudit.of(checkpoint, architecture);
      audit.orThrow();
      if (className.equals(HeadType.BASE.className())) {
        assertThat(audit.unused()).allMatch(parameter -> parameter.startsWith("cls."));
      } else {
        // The goldens name every parameter that no output depends on; keys' biases cancel in the
        // softmax, and a decoder
        // bias that is stored beside the one it is tied to is read in its place.
        boolean twice = checkpoint.isStored("cls.predictions.decoder.bias");
        Predicate<String> ofNoInterest =
            parameter ->
                parameter.endsWith(".self.key.bias")
                    || (twice && parameter.equals("cls.predictions.bias"));
        List<String> withoutEffect =
            new ArrayList<>(model.getArray("parameters_without_effect").toStrings());
        withoutEffect.removeIf(ofNoInterest);
        List<String> unused = new ArrayList<>(audit.unused());
        unused.removeIf(ofNoInterest);
        assertThat(unused).containsExactlyInAnyOrderElementsOf(withoutEffect);
      }
      architecture
          .parameters(false)
          .forEach(
              (parameter, expected) -> {
                if (checkpoint.has(parameter)) {
                  assertThat(checkpoint.tensor(parameter, expected.shape()).dtype())
                      .isNotEqualTo(DType.F64);
                }
              });
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tellsTheSizesByTheShapes(String name) {
    Path folder = MODELS.resolve(name);
    JsonObject model = Goldens.json(folder.resolve("case.json"));
    String className =
        Goldens.json(folder.resolve("config.json")).getArray("architectures").getString(0);
    try (Arena arena = Arena.ofConfined();
        Checkpoint checkpoint =
            Checkpoint.open(folder.resolve(model.getArray("weights").getString(0)), arena)) {
      Architecture expected =
          architecture(folder, className, checkpoint.isStored("visual_bert.pooler.dense.weight"));
      Architecture found = Architecture.recover(checkpoint, expected.numAttentionHeads());
      // A classifier of two rows may be any; the encoder and its sizes are told exactly.
      HeadType head = expected.labels() == 2 ? HeadType.VISUAL_REASONING : expected.head();
      assertThat(found).isEqualTo(with(expected, head));
      LoadAudit.of(checkpoint, found).orThrow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining"})
  void readsTheDemoModels(String name) {
    String className =
        Goldens.json(DEMO.resolve(name).resolve("config.json"))
            .getArray("architectures")
            .getString(0);
    try (Arena arena = Arena.ofConfined();
        Checkpoint checkpoint = Checkpoint.open(DEMO.resolve(name), arena)) {
      Architecture expected = architecture(DEMO.resolve(name), className, true);
      LoadAudit audit = LoadAudit.of(checkpoint, expected);
      audit.orThrow();
      assertThat(audit.dtypes()).isEqualTo(Map.of("F16", audit.used().size()));
      assertThat(Architecture.recover(checkpoint, 4)).isEqualTo(expected);
    }
  }

  /**
   * One model in every storage form: the same parameters, to the bit where the form does not round.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "storage_safetensors_f16",
        "storage_safetensors_bf16",
        "storage_safetensors_mixed_dtypes",
        "storage_safetensors_legacy_names",
        "storage_sharded",
        "storage_bin_zip",
        "storage_bin_legacy",
        "storage_bin_f16"
      })
  void holdsTheSameModelInEveryForm(String name) {
    try (Arena arena = Arena.ofConfined();
        Checkpoint plain = Checkpoint.open(MODELS.resolve("storage_safetensors"), arena);
        Checkpoint other = Checkpoint.open(MODELS.resolve(name), arena)) {
      Architecture architecture = Architecture.recover(plain, 4);
      assertThat(Architecture.recover(other, 4)).isEqualTo(architecture);
      architecture
          .parameters(false)
          .forEach(
              (parameter, expected) ->
                  assertSame(
                      parameter,
                      plain.tensor(parameter, expected.shape()),
                      other.tensor(parameter, expected.shape())));
    }
  }

  private static void assertSame(String name, Tensor expected, Tensor found) {
    for (long i = 0; i < expected.elementCount(); i++) {
      float value = expected.getFloat(i);
      float rounded =
          switch (found.dtype()) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> roundToBfloat16(value);
            default -> value;
          };
      assertThat(found.getFloat(i)).as("%s %d", name, i).isEqualTo(rounded);
    }
  }

  /** Rounds to nearest, ties to even; the numbers of these files are finite. */
  private static float roundToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  private static Architecture with(Architecture architecture, HeadType head) {
    return new Architecture(
        head,
        architecture.hiddenSize(),
        architecture.numHiddenLayers(),
        architecture.numAttentionHeads(),
        architecture.intermediateSize(),
        architecture.vocabSize(),
        architecture.maxPositionEmbeddings(),
        architecture.typeVocabSize(),
        architecture.visualEmbeddingDim(),
        architecture.labels(),
        architecture.pooler(),
        architecture.bypassTransformer(),
        true);
  }

  private static Architecture architecture(Path folder, String className, boolean pooler) {
    JsonObject config = Goldens.json(folder.resolve("config.json"));
    HeadType head = HeadType.of(className).orElseThrow();
    int labels =
        switch (head) {
          case MULTIPLE_CHOICE -> 1;
          case QUESTION_ANSWERING, VISUAL_REASONING ->
              config.get("id2label") instanceof JsonValue unused
                  ? config.getObject("id2label").keys().size()
                  : 2;
          default -> 0;
        };
    return new Architecture(
        head,
        config.getInt("hidden_size"),
        config.getInt("num_hidden_layers"),
        config.getInt("num_attention_heads"),
        config.getInt("intermediate_size"),
        config.getInt("vocab_size"),
        config.getInt("max_position_embeddings"),
        config.getInt("type_vocab_size"),
        config.getInt("visual_embedding_dim"),
        labels,
        pooler,
        config.getBoolean("bypass_transformer"),
        config.getBoolean("tie_word_embeddings", true));
  }
}
