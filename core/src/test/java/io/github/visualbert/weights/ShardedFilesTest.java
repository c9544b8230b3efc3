package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedFilesTest {
  private static final Path WHOLE = Goldens.ROOT.resolve("models/storage_safetensors");
  private static final Path SHARDED = Goldens.ROOT.resolve("models/storage_sharded");

  @TempDir private Path folder;

  @BeforeEach
  void writeOneShard() throws IOException {
    new SafetensorsWriter()
        .add("a", Tensor.of(new float[] {1, 2}, 2))
        .write(folder.resolve("one.safetensors"));
  }

  @Test
  void holdsTheTensorsOfAllShards() {
    try (Arena arena = Arena.ofConfined();
        TensorSource whole = TensorSource.open(WHOLE, arena);
        TensorSource sharded = TensorSource.open(SHARDED, arena)) {
      assertThat(sharded.format()).isEqualTo(WeightFormat.SHARDED);
      assertThat(sharded.path()).hasFileName("model.safetensors.index.json");
      assertThat(sharded.metadata()).containsEntry("total_size", "25956");
      assertThat(sharded.names()).containsExactlyInAnyOrderElementsOf(whole.names());
      for (String name : whole.names()) {
        assertThat(Goldens.bytes(sharded.tensor(name)))
            .as(name)
            .isEqualTo(Goldens.bytes(whole.tensor(name)));
      }
      sharded.checkUnchanged();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'weight_map':{'a':'../one.safetensors'}}; MALFORMED; the name of a file beside it, found"
            + " \"../one.safetensors\"",
        "{'weight_map':{'a':'/etc/passwd'}}; MALFORMED; the name of a file beside it, found"
            + " \"/etc/passwd\"",
        "{'weight_map':{'a':'..'}}; MALFORMED; the name of a file beside it",
        "{'weight_map':{'a':''}}; MALFORMED; the name of a file beside it",
        "{'weight_map':{'a':'x\\u0000y'}}; MALFORMED; the name of a file beside it",
        "{'weight_map':{'a':'x\\ny\\u001b[2J'}}; MALFORMED; beside it, found \"x\\ny\\u001b[2J\"",
        "{'weight_map':{'a':'two.safetensors'}}; UNREADABLE; two.safetensors: no such file",
        "{'weight_map':{'b':'one.safetensors'}}; MALFORMED; expected tensor \"b\" in"
            + " one.safetensors, which does not have it",
        "{'weight_map':{'a':'model.safetensors.index.json'}}; MALFORMED; expected safetensors or a"
            + " file of torch.save, found a JSON file",
        "{'weight_map':{'a':1}}; MALFORMED; a: expected a string, found 1",
        "{'weight_map':[]}; MALFORMED; weight_map: expected an object, found an array of 0",
        "{'metadata':{}}; MALFORMED; weight_map: expected an object, found nothing",
        "{'metadata':[],'weight_map':{}}; MALFORMED; metadata: expected an object",
        "{; MALFORMED; expected a key"
      })
  void refusesAnIndexThatIsWrong(String index, Kind kind, String message) throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.replace('\'', '"'));
    try (Arena arena = Arena.ofConfined()) {
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(() -> TensorSource.open(folder, arena))
          .withMessageContaining(message)
          .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
    }
  }

  @Test
  void findsTheWeightsOfAFolder() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(() -> TensorSource.open(folder, arena))
          .withMessageEndingWith(
              "pytorch_model.bin.index.json or one *.th, *.pth or *.pkl file, found one.safetensors"
                  + " (a safetensors file); `visualbert convert FILE FOLDER` makes a model of a"
                  + " file of torch.save or safetensors by another name")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNREADABLE));
      Path original = folder.resolve("vqa.th");
      Files.copy(folder.resolve("one.safetensors"), original);
      assertOpens(original, arena);
      Path second = Files.copy(original, folder.resolve("vcr.th"));
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(() -> TensorSource.open(folder, arena))
          .withMessageContaining("vcr.th (a safetensors file), vqa.th (a safetensors file)");
      assertOpens(Files.copy(second, folder.resolve("pytorch_model.bin")), arena);
      Path index = folder.resolve("model.safetensors.index.json");
      assertOpens(Files.writeString(index, "{\"weight_map\":{\"a\":\"one.safetensors\"}}"), arena);
      assertOpens(Files.copy(second, folder.resolve("model.safetensors")), arena);
    }
  }

  private void assertOpens(Path expected, Arena arena) {
    try (TensorSource source = TensorSource.open(folder, arena)) {
      assertThat(source.path()).isEqualTo(expected);
      assertThat(source.tensor("a").toFloatArray()).containsExactly(1, 2);
    }
  }
}
