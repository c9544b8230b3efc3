package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.kernel.Activation;
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
          .parameters(prefix -> false)
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
      Architecture found = Architecture.recover(checkpoint, expected.config().numAttentionHeads());
      // A classifier of two rows may be any; the encoder and its sizes are told exactly.
      HeadType head = expected.classes() == 2 ? HeadType.VISUAL_REASONING : expected.head();
      assertThat(found).isEqualTo(told(expected, head));
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
      assertThat(Architecture.recover(checkpoint, 4)).isEqualTo(told(expected, expected.head()));
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
          .parameters(prefix -> false)
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

  /** Returns what names and shapes tell of a model: its sizes, but not what else was configured. */
  private static Architecture told(Architecture stated, HeadType head) {
    VisualBertConfig config = stated.config();
    VisualBertConfig told =
        new VisualBertConfig(
            List.of(head.className()),
            config.vocabSize(),
            config.hiddenSize(),
            config.numHiddenLayers(),
            config.numAttentionHeads(),
            config.intermediateSize(),
            config.visualEmbeddingDim(),
            Activation.GELU,
            config.maxPositionEmbeddings(),
            config.typeVocabSize(),
            1e-12,
            config.bypassTransformer(),
            true,
            VisualBertConfig.placeholderLabels(stated.classes() > 0 ? stated.classes() : 2));
    return new Architecture(told, head, stated.pooler());
  }

  private static Architecture architecture(Path folder, String className, boolean pooler) {
    VisualBertConfig config = VisualBertConfig.read(folder.resolve("config.json"));
    return Architecture.of(config, HeadType.of(className).orElseThrow(), pooler);
  }
}
