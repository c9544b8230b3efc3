package io.github.visualbert.weights;

import static io.github.visualbert.weights.TorchBytes.SIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What torch.save may write beyond the goldens, written by hand. */
class TorchFileTest {
  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void readsViewsOfEveryStrideOnOneStorage() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}', '(');
    pickle.text("whole").tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, new long[] {3, 1});
    pickle
        .text("transposed")
        .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3});
    pickle.text("column").tensor("FloatStorage", "0", 6, 1, new long[] {2, 1}, new long[] {3, 1});
    pickle.text("row").tensor("FloatStorage", "0", 6, 3, new long[] {1, 3}, new long[] {77, 1});
    pickle.text("expanded").tensor("FloatStorage", "0", 6, 4, new long[] {2, 2}, new long[] {1, 0});
    pickle.text("scalar").tensor("FloatStorage", "0", 6, 5, new long[0], new long[0]);
    pickle.text("empty").tensor("FloatStorage", "0", 6, 6, new long[] {0, 3}, new long[] {3, 1});
    pickle
        .text("cube")
        .tensor("FloatStorage", "0", 6, 0, new long[] {1, 3, 2}, new long[] {6, 1, 3});
    try (TensorSource source = zip(pickle.raw('u'), SIX)) {
      assertThat(source.format()).isEqualTo(WeightFormat.TORCH_ZIP);
      assertTensor(source, "whole", 0, 1, 2, 3, 4, 5);
      assertTensor(source, "transposed", 0, 3, 1, 4, 2, 5);
      assertTensor(source, "column", 1, 4);
      assertTensor(source, "row", 3, 4, 5);
      assertTensor(source, "expanded", 4, 4, 5, 5);
      assertTensor(source, "scalar", 5);
      assertTensor(source, "empty");
      assertTensor(source, "cube", 0, 3, 1, 4, 2, 5);
      assertThat(source.tensor("whole").data().address())
          .isEqualTo(source.tensor("whole").data().address());
      assertThat(source.tensor("row").data().address() - source.tensor("whole").data().address())
          .isEqualTo(12);
      assertThat(source.tensor("transposed").data().address())
          .as("copied once")
          .isEqualTo(source.tensor("transposed").data().address());
    }
  }

  @Test
  void readsEveryElementType() throws IOException {
    Map<String, DType> types = new LinkedHashMap<>();
    types.put("DoubleStorage", DType.F64);
    types.put("FloatStorage", DType.F32);
    types.put("HalfStorage", DType.F16);
    types.put("BFloat16Storage", DType.BF16);
    types.put("LongStorage", DType.I64);
    types.put("IntStorage", DType.I32);
    types.put("ShortStorage", DType.I16);
    types.put("CharStorage", DType.I8);
    types.put("ByteStorage", DType.U8);
    types.put("BoolStorage", DType.BOOL);
    PickleWriter pickle = new PickleWriter().raw('}', '(');
    byte[][] storages = new byte[types.size()][];
    int key = 0;
    for (Map.Entry<String, DType> type : types.entrySet()) {
      storages[key] = new byte[3 * type.getValue().byteSize()];
      Arrays.fill(storages[key], (byte) (key + 1));
      pickle
          .text(type.getKey())
          .tensor(type.getKey(), "" + key++, 3, 0, new long[] {3}, new long[] {1});
    }
    try (TensorSource source = zip(pickle.raw('u'), storages)) {
      int index = 0;
      for (Map.Entry<String, DType> type : types.entrySet()) {
        assertThat(source.tensor(type.getKey()).dtype()).isEqualTo(type.getValue());
        assertThat(Goldens.bytes(source.tensor(type.getKey()))).isEqualTo(storages[index++]);
      }
    }
  }

  @Test
  void readsAnUntypedStorageWithTheTypeOfTheTensor() throws IOException {
    PickleWriter pickle =
        new PickleWriter().raw('}').text("a").global("torch._utils", "_rebuild_tensor_v3").raw('(');
    pickle
        .storage("torch.storage", "UntypedStorage", "0", 24)
        .integer(1)
        .tuple(2)
        .tuple(2)
        .raw(0x89);
    pickle.emptyOrderedDict().global("torch", "float32").raw('}', 't', 'R', 's');
    try (TensorSource source = zip(pickle, SIX)) {
      assertTensor(source, "a", 1, 3);
    }
  }

  @Test
  void readsParametersAndTheOldestTensors() throws IOException {
    PickleWriter pickle = new PickleWriter().emptyOrderedDict().raw('(').text("parameter");
    pickle.global("torch._utils", "_rebuild_parameter").raw('(');
    pickle
        .tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1})
        .raw(0x88)
        .emptyOrderedDict()
        .raw('t', 'R');
    pickle
        .text("old")
        .global("torch._utils", "_rebuild_tensor")
        .raw('(')
        .storage("FloatStorage", "0", 6);
    pickle.integer(2).tuple(2).tuple(1).raw('t', 'R', 'u');
    // What torch.nn.Module.state_dict notes about itself.
    pickle.raw('}').text("_metadata").emptyOrderedDict().raw('s', 'b');
    try (TensorSource source = zip(pickle, SIX)) {
      assertTensor(source, "parameter", 0, 1);
      assertTensor(source, "old", 2, 3);
    }
  }

  @Test
  void readsTheInstructionsOfProtocol4() throws IOException {
    PickleWriter pickle =
        new PickleWriter().raw(0x80, 4, 0x95).raw(PickleWriter.littleEndian(0, 8)).raw('}', 0x94);
    pickle
        .raw(0x8c, 1, 'a', 0x94)
        .raw(0x8c, 12)
        .raw("torch._utils".getBytes(StandardCharsets.UTF_8))
        .raw(0x8c, 18);
    pickle
        .raw("_rebuild_tensor_v2".getBytes(StandardCharsets.UTF_8))
        .raw(0x93, 0x94, '(')
        .storage("FloatStorage", "0", 6);
    pickle.raw('K', 1, 'K', 2, 0x85, 'M', 2, 0, 0x85, 0x89, 'h', 0, 't', 'R', 's');
    try (TensorSource source = zip(pickle, SIX)) {
      assertTensor(source, "a", 1, 3);
    }
  }

  @ParameterizedTest
  @CsvSource({"model", "state_dict", "model_state_dict", "module", "net"})
  void unwrapsTheCheckpointOfATrainer(String wrapper) throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}', '(').text("optimizer").raw('}').text("state");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1}).raw('s');
    pickle.text(wrapper).raw('}').text("state_dict").raw('}').text("module.cls.bias");
    pickle
        .tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1})
        .raw('s', 's')
        .text("epoch")
        .integer(3)
        .raw('u');
    try (TensorSource source = zip(pickle, SIX)) {
      assertThat(source.names()).containsExactly("module.cls.bias");
    }
  }

  @Test
  void prefersADictionaryOfTensorsToLooseOnes() throws IOException {
    // "model" is what the settings are called, and the one "net" that has tensors goes first.
    PickleWriter pickle = new PickleWriter().raw('}', '(').text("best");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[0], new long[0]);
    pickle.text("model").raw('}').text("name").text("tiny").raw('s');
    pickle.text("net").raw('}').text("cls.bias");
    pickle.tensor("FloatStorage", "0", 6, 1, new long[] {2}, new long[] {1}).raw('s', 'u');
    try (TensorSource source = zip(pickle, SIX)) {
      assertThat(source.names()).containsExactly("cls.bias");
    }
    PickleWriter parts = new PickleWriter().raw('}', '(').text("best");
    parts.tensor("FloatStorage", "0", 6, 0, new long[0], new long[0]);
    for (String part : new String[] {"encoder", "head"}) {
      parts.text(part).raw('}').text("weight");
      parts.tensor("FloatStorage", "0", 6, 1, new long[] {2}, new long[] {1}).raw('s');
    }
    try (TensorSource source = zip(parts.raw('u'), SIX)) {
      assertThat(source.names()).containsExactly("encoder.weight", "head.weight");
    }
    // The averaged weights that a trainer keeps inside the state_dict do not take its place.
    PickleWriter flat = new PickleWriter().raw('}', '(').text("cls.weight");
    flat.tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1}).text("average").raw('}');
    flat.text("cls.weight");
    flat.tensor("FloatStorage", "0", 6, 1, new long[] {2}, new long[] {1}).raw('s', 'u');
    try (TensorSource source = zip(flat, SIX)) {
      assertTensor(source, "cls.weight", 0, 1);
    }
  }

  @Test
  void readsATensorThatWasSavedAlone() throws IOException {
    PickleWriter pickle =
        new PickleWriter().tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {3});
    try (TensorSource source = zip(pickle, SIX)) {
      assertThat(source.names()).containsExactly("");
      assertTensor(source, "", 0, 3);
    }
    try (TensorSource source = legacy(pickle, new byte[][] {SIX}, "0")) {
      assertTensor(source, "", 0, 3);
    }
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> Checkpoint.open(folder.resolve("new.bin"), arena))
        .withMessageEndingWith("new.bin: expected a dictionary of tensors, found a single tensor");
  }

  @Test
  void passesOverTextsThatAreNoNames() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}', '(').text("log").text("x".repeat(2 << 20));
    pickle.text("file").raw('X').raw(PickleWriter.littleEndian(5, 4)).raw('a', 0xed, 0xb3, 0xa9);
    pickle.raw('b').text("a").tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1});
    try (TensorSource source = zip(pickle.raw('u'), SIX)) {
      assertThat(source.names()).containsExactly("a");
    }
  }

  /** Written before 0.4: a class, called with a tensor, and whether it was trained. */
  @Test
  void readsParametersOfTheFirstVersions() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}').text("a");
    pickle.global("torch.nn.parameter", "Parameter");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1}).raw(0x85, 0x81);
    pickle.raw(0x88, 0x89).emptyOrderedDict().raw(0x87, 'b', 's');
    try (TensorSource source = zip(pickle, SIX)) {
      assertTensor(source, "a", 0, 1);
    }
  }

  @Test
  void readsATensorOfADeviceWithoutStorages() throws IOException {
    for (String type : new String[] {"float32", "float16"}) {
      PickleWriter pickle = new PickleWriter().raw('}', '(').text("b");
      pickle.tensor("FloatStorage", "0", 6, 0, new long[] {1}, new long[] {1}).text("a");
      pickle.global("torch._utils", "_rebuild_device_tensor_from_cpu_tensor").raw('(');
      pickle.tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1});
      pickle.global("torch", type).text("xla:0").raw(0x89, 't', 'R', 'u');
      try (TensorSource source = zip(pickle, SIX)) {
        if (type.equals("float32")) {
          assertTensor(source, "a", 0, 1);
        } else {
          assertThat(source.names()).containsExactly("b");
        }
      }
    }
  }

  @Test
  void namesThePartsOfFeatures() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}', '(').text("image-1");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {3, 1}, new long[] {1, 1});
    pickle.tensor("FloatStorage", "0", 6, 3, new long[] {3}, new long[] {1}).raw(0x86);
    pickle
        .integer(7)
        .raw('}')
        .text("boxes")
        .tensor("FloatStorage", "0", 6, 1, new long[] {2}, new long[] {1})
        .raw('s');
    pickle
        .text("list")
        .raw(']')
        .tensor("FloatStorage", "0", 6, 2, new long[] {1}, new long[] {1})
        .raw('a', 'u');
    try (TensorSource source = zip(pickle, SIX)) {
      assertThat(source.names()).containsExactly("image-1.0", "image-1.1", "7.boxes", "list.0");
      assertTensor(source, "7.boxes", 1, 2);
    }
  }

  @Test
  void readsPartsOfStoragesInTheOldForm() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}').text("part");
    Consumer<PickleWriter> storage =
        writer -> {
          writer
              .raw('(')
              .text("storage")
              .global("torch", "FloatStorage")
              .text("9")
              .text("cuda:0")
              .integer(6);
          writer.raw('(').text("view").integer(2).integer(3).raw('t', 't', 'Q');
        };
    pickle.tensor(storage, 1, new long[] {2}, new long[] {1}).raw('s');
    try (TensorSource source = legacy(pickle, new byte[][] {SIX}, "9")) {
      assertThat(source.format()).isEqualTo(WeightFormat.TORCH_LEGACY);
      assertTensor(source, "part", 3, 4);
    }
  }

  @Test
  void inflatesAnArchiveThatWasPackedAgain() throws IOException {
    Path file = folder.resolve("packed.bin");
    byte[] zeros = new byte[40_000];
    PickleWriter pickle =
        new PickleWriter()
            .raw('}')
            .text("a")
            .tensor("FloatStorage", "0", 10_000, 1, new long[] {9_999}, new long[] {1})
            .raw('s');
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("m/data.pkl"));
      zip.write(pickle.toBytes());
      zip.putNextEntry(new ZipEntry("m/data/0"));
      zip.write(zeros);
    }
    try (TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.tensor("a").elementCount()).isEqualTo(9_999);
    }
  }

  @Test
  void readsTheSizesOfALargeArchive() throws IOException {
    byte[] archive =
        TorchBytes.archive(
            new PickleWriter()
                .raw('}')
                .text("a")
                .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
                .raw('s')
                .toBytes(),
            true,
            SIX);
    try (TensorSource source =
        TensorSource.open(Files.write(folder.resolve("large.bin"), archive), arena)) {
      assertTensor(source, "a", 0, 1, 2, 3, 4, 5);
    }
  }

  private static void assertTensor(TensorSource source, String name, float... expected) {
    Tensor tensor = source.tensor(name);
    assertThat(source.info(name).sizes()).isEqualTo(tensor.shape());
    assertThat(tensor.toFloatArray()).as(name).isEqualTo(expected);
  }

  private TensorSource zip(PickleWriter pickle, byte[]... storages) throws IOException {
    byte[] archive = TorchBytes.archive(pickle.toBytes(), false, storages);
    return TensorSource.open(Files.write(folder.resolve("new.bin"), archive), arena);
  }

  private TensorSource legacy(PickleWriter pickle, byte[][] storages, String... keys)
      throws IOException {
    byte[] content = TorchBytes.legacy(pickle.toBytes(), storages, keys);
    return TensorSource.open(Files.write(folder.resolve("old.bin"), content), arena);
  }
}
