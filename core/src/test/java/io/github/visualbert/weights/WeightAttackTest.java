package io.github.visualbert.weights;

import static io.github.visualbert.weights.TorchBytes.SIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.Mutants;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged weight files of every form: each is read or refused, within the memory that the file
 * itself pays for.
 */
class WeightAttackTest {
  private static final Path MALFORMED = Goldens.ROOT.resolve("malformed");
  private static final Path MODELS = Goldens.ROOT.resolve("models");
  private static final Path CHECKPOINTS = Goldens.ROOT.resolveSibling("checkpoints");

  @TempDir private Path folder;

  @Test
  void safetensors() throws IOException {
    List<byte[]> seeds = good(MALFORMED.resolve("safetensors"), "*.safetensors");
    seeds.add(Files.readAllBytes(MODELS.resolve("storage_safetensors_bf16/model.safetensors")));
    new Mutants(seeds, ModelException.class, 400)
        .attack(1500, mutant -> readAll(write("a.safetensors", mutant)));
  }

  @Test
  void shardIndexes() throws IOException {
    Files.copy(
        MALFORMED.resolve("safetensors/good_two_tensors.safetensors"),
        folder.resolve("1.safetensors"));
    String index =
        "{\"metadata\":{\"total_size\":28},\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"1.safetensors\"}}";
    new Mutants(List.of(index.getBytes(StandardCharsets.UTF_8)), ModelException.class, 400)
        .attack(500, mutant -> readAll(write("model.safetensors.index.json", mutant)));
  }

  @Test
  void torchZips() throws IOException {
    List<byte[]> seeds = good(MALFORMED.resolve("torch"), "*.bin");
    seeds.add(Files.readAllBytes(MODELS.resolve("storage_bin_f16/pytorch_model.bin")));
    seeds.add(Files.readAllBytes(CHECKPOINTS.resolve("admitted.bin")));
    new Mutants(seeds, ModelException.class, 400)
        .attack(1500, mutant -> readAll(write("a.bin", mutant)));
  }

  @Test
  void oldTorchFiles() throws IOException {
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(MALFORMED.resolve("torch/good_legacy.bin")),
            Files.readAllBytes(MODELS.resolve("storage_original_th/original.th")),
            Files.readAllBytes(CHECKPOINTS.resolve("admitted-legacy.bin")));
    new Mutants(seeds, ModelException.class, 400)
        .attack(1500, mutant -> readAll(write("a.th", mutant)));
  }

  /**
   * Pickles in an archive whose checksums are right, so that the machine that reads them is what is
   * attacked.
   */
  @Test
  void pickles() {
    PickleWriter pickle = new PickleWriter().raw('}', 'q', 0, '(');
    pickle
        .text("whole")
        .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, new long[] {3, 1})
        .raw('q', 1);
    pickle
        .text("transposed")
        .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3});
    pickle.text("again").raw('h', 1).text("list").raw(']', '(', 'N', 0x88, 'K', 7, 'e');
    pickle
        .text("none")
        .raw('N')
        .text("half")
        .tensor("HalfStorage", "1", 12, 1, new long[] {5}, new long[] {2})
        .raw('u');
    PickleWriter wrapped =
        new PickleWriter()
            .raw(0x80, 4, '}', 0x94, 0x8c, 5, 'm', 'o', 'd', 'e', 'l')
            .emptyOrderedDict();
    wrapped
        .raw('(')
        .text("a")
        .tensor("LongStorage", "0", 3, 0, new long[] {3}, new long[] {1})
        .raw('u');
    wrapped
        .raw('}')
        .text("_metadata")
        .raw('}', 's', 'b', 's')
        .text("names")
        .raw('(', 'K', 1, 'K', 2, 't', 's');
    new Mutants(List.of(pickle.toBytes(), wrapped.toBytes()), ModelException.class, 400)
        .attack(
            3000, mutant -> readAll(write("p.bin", TorchBytes.archive(mutant, false, SIX, SIX))));
  }

  private static List<byte[]> good(Path folder, String glob) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (Path file : Goldens.list(folder, glob)) {
      if (file.getFileName().toString().startsWith("good_")) {
        files.add(Files.readAllBytes(file));
      }
    }
    return files;
  }

  /**
   * Overwrites a file in place: truncating it first would make some file systems flush every mutant
   * to the disk.
   */
  private Path write(String name, byte[] content) {
    Path file = folder.resolve(name);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content), 0);
      channel.truncate(content.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** The costliest instructions, a byte or two each, as many as there may be. */
  @ParameterizedTest
  @ValueSource(strings = {"}", "]", "}\u0094", "(", "}NNs", "]Na", "q\u0001"})
  void costlyPickles(String instructions) {
    int count = 200_000;
    byte[] repeated =
        ("\u0080\u0002}" + instructions.repeat(count / instructions.length()) + ".")
            .getBytes(StandardCharsets.ISO_8859_1);
    Path file = write("costly.bin", repeated);
    assertThat(
            Mutants.allocated(
                () ->
                    assertThatExceptionOfType(ModelException.class)
                        .isThrownBy(() -> readAll(file))))
        .isLessThan(200L * count + (2 << 20));
  }

  /** Does with a file all that can be done with one. */
  private static void readAll(Path file) {
    try (Arena arena = Arena.ofConfined();
        Checkpoint checkpoint = Checkpoint.open(file, arena)) {
      TensorSource source = checkpoint.source();
      for (String name : source.names()) {
        Tensor tensor = source.tensor(name);
        if (tensor.elementCount() > 0) {
          tensor.getFloat(0);
          tensor.getFloat(tensor.elementCount() - 1);
        }
      }
      try {
        LoadAudit.of(checkpoint, Architecture.recover(checkpoint, 2)).isOk();
      } catch (ModelException e) {
        // Most mutants, and some seeds, are no VisualBERT; that is no fault of the file.
        assertThat(e.kind()).isEqualTo(Kind.MISMATCH);
      }
    }
  }
}
