package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The damaged and hostile files of torch.save that come with their verdicts. */
class TorchGoldensTest {
  private static final Path MALFORMED = Goldens.ROOT.resolve("malformed/torch");

  private static final Map<String, String> SAFETENSORS_NAMES = Map.of("float32", "F32");

  /** What each refusal must be and say: the hostile ones by the name they ask for. */
  private static final Map<String, String> REFUSALS =
      Map.ofEntries(
          Map.entry("call_os_system.bin", "HOSTILE \"os.system\""),
          Map.entry("call_os_system_legacy.bin", "HOSTILE \"os.system\""),
          Map.entry("call_eval.bin", "HOSTILE \"builtins.eval\""),
          Map.entry("name_only.bin", "HOSTILE \"os.system\""),
          Map.entry("unknown_class.bin", "HOSTILE \"some_project.models.Thing\""),
          Map.entry("unknown_storage.bin", "HOSTILE \"torch.NopeStorage\""),
          Map.entry(
              "truncated_zip.bin", "MALFORMED the zip archive has no end: the file was cut short"),
          Map.entry(
              "truncated_legacy.bin",
              "MALFORMED the file was cut short: the storage \"94000000506816\" has 8 bytes, 3 are"
                  + " left"),
          Map.entry(
              "storage_too_short.bin", "MALFORMED the storage \"0\": expected 24 bytes, found 20"),
          Map.entry("storage_missing.bin", "MALFORMED the storage \"0\" is not in the zip archive"),
          Map.entry(
              "view_out_of_range.bin",
              "MALFORMED a tensor reaches beyond its storage \"0\" of 6 F32"),
          Map.entry(
              "stride_out_of_range.bin",
              "MALFORMED a tensor reaches beyond its storage \"0\" of 6 F32"),
          Map.entry(
              "negative_offset.bin",
              "MALFORMED a tensor reaches beyond its storage \"0\" of 6 F32"),
          Map.entry(
              "huge_size.bin", "MALFORMED the storage \"0\" claims 4611686018427387904 elements"),
          Map.entry("no_pickle.bin", "MALFORMED expected one data.pkl in the zip archive, found 0"),
          Map.entry(
              "not_a_pickle.bin",
              "MALFORMED expected safetensors or a file of torch.save, found a text"),
          Map.entry(
              "empty.bin",
              "MALFORMED expected safetensors or a file of torch.save, found an empty file"),
          Map.entry(
              "deep_nesting.bin", "MALFORMED expected a dictionary of tensors, found a list of 1"),
          Map.entry(
              "not_a_mapping.bin",
              "MALFORMED expected a dictionary of tensors, found a list of 1"));

  static Stream<String> verdicts() {
    return Goldens.json(MALFORMED.resolve("expected.json")).keys().stream();
  }

  @Test
  void everyFileHasAVerdict() {
    assertThat(Goldens.list(MALFORMED, "*.bin").stream().map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(verdicts().toList());
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void agreesWithTheVerdict(String name) {
    JsonObject expected = Goldens.json(MALFORMED.resolve("expected.json")).getObject(name);
    Path file = MALFORMED.resolve(name);
    switch (expected.getString("expect")) {
      case "accept" -> {
        try (Arena arena = Arena.ofConfined();
            TensorSource source = TensorSource.open(file, arena)) {
          JsonObject tensors = expected.getObject("tensors");
          assertThat(source.names()).containsExactlyInAnyOrderElementsOf(tensors.keys());
          for (String tensorName : tensors.keys()) {
            JsonObject tensor = tensors.getObject(tensorName);
            Tensor found = source.tensor(tensorName);
            assertThat(found.dtype().name())
                .isEqualTo(SAFETENSORS_NAMES.get(tensor.getString("dtype")));
            assertThat(found.shape()).isEqualTo(Goldens.longs(tensor.getArray("shape")));
            assertThat(Goldens.hex(found)).isEqualTo(tensor.getString("data"));
          }
        }
      }
      case "reject" -> {
        try (Arena arena = Arena.ofConfined()) {
          ModelException refusal =
              catchThrowableOfType(ModelException.class, () -> TensorSource.open(file, arena));
          assertThat(refusal).isNotNull();
          assertThat(refusal.getMessage()).startsWith(file + ": ").doesNotContain("\n");
          String[] kindAndText = REFUSALS.get(name).split(" ", 2);
          assertThat(refusal.kind()).isEqualTo(Kind.valueOf(kindAndText[0]));
          assertThat(refusal.getMessage()).contains(kindAndText[1]);
        }
      }
      default -> assertThat(name).isIn("unsupported_dtype.bin", "zip_slip.bin");
    }
  }

  @Test
  void listsATypeThatItDoesNotRead() {
    try (Arena arena = Arena.ofConfined();
        TensorSource source =
            TensorSource.open(MALFORMED.resolve("unsupported_dtype.bin"), arena)) {
      assertThat(source.info("cls.weight").dtype()).isEqualTo("C64");
      ModelException refusal =
          catchThrowableOfType(ModelException.class, () -> source.tensor("cls.weight"));
      assertThat(refusal.kind()).isEqualTo(Kind.UNSUPPORTED);
      assertThat(refusal).hasMessageEndingWith(": tensor \"cls.weight\" is C64");
    }
  }

  /** Names that climb out of the archive are names of entries that nobody asks for. */
  @Test
  void readsWhatIsGoodAndWritesNothing() {
    Path file = MALFORMED.resolve("zip_slip.bin");
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.names()).containsExactly("cls.weight");
    }
    assertThat(MALFORMED.resolve("../../outside.txt")).doesNotExist();
    assertThat(Path.of("/absolute.txt")).doesNotExist();
  }
}
