package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir private Path folder;

  @Test
  void writesTensorsThatLieInAnyArray() throws IOException {
    float[] floats = {1, -2.5f, 3, 4};
    VisualFeatures features = VisualFeatures.of("here", floats, 2, 2);
    MemorySegment longs = MemorySegment.ofArray(new long[] {7, 8}).asSlice(8);
    Path file = folder.resolve("arrays.safetensors");
    new SafetensorsWriter()
        .add("floats", features.tensor())
        .add("long", new Tensor(DType.I64, new long[] {1}, longs))
        .write(file);
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.tensor("floats").toFloatArray()).containsExactly(floats);
      assertThat(source.tensor("long").getLong(0)).isEqualTo(8);
    }
  }

  @Test
  void writesTheBytesThatTheReferenceLibraryWrote() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path model : Goldens.list(Goldens.ROOT.resolve("models"), "*")) {
      files.addAll(Goldens.list(model, "*.safetensors"));
    }
    assertThat(files).hasSizeGreaterThan(80);
    List<Path> different = new ArrayList<>();
    for (Path file : files) {
      Path copy = folder.resolve("copy.safetensors");
      try (Arena arena = Arena.ofConfined();
          TensorSource source = TensorSource.open(file, arena)) {
        SafetensorsWriter writer = new SafetensorsWriter();
        source.metadata().forEach(writer::metadata);
        for (String name : source.names().stream().sorted().toList()) {
          writer.add(name, source.tensor(name));
        }
        writer.write(copy);
      }
      if (Files.mismatch(file, copy) >= 0) {
        different.add(file);
      }
    }
    assertThat(different).isEmpty();
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Path file = folder.resolve("all.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter().metadata("é \"quoted\"", "line\nbreak");
    Random random = new Random(1);
    for (DType dtype : DType.values()) {
      byte[] bytes = new byte[6 * dtype.byteSize()];
      random.nextBytes(bytes);
      writer.add(
          "tensor/" + dtype + " é\n",
          new Tensor(dtype, new long[] {2, 3}, MemorySegment.ofArray(bytes)));
    }
    writer.add("scalar", new Tensor(DType.I64, new long[0], MemorySegment.ofArray(new byte[8])));
    writer.add(
        "empty", new Tensor(DType.F32, new long[] {3, 0}, MemorySegment.ofArray(new byte[0])));
    byte[] large = new byte[(3 << 20) + 5];
    random.nextBytes(large);
    writer.add(
        "large", new Tensor(DType.U8, new long[] {large.length}, MemorySegment.ofArray(large)));
    List<Long> progress = new ArrayList<>();
    writer.write(file, progress::add);

    assertThat(progress).isSorted().hasSizeGreaterThan(4).endsWith(writer.byteSize());
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.metadata()).containsExactly(Map.entry("é \"quoted\"", "line\nbreak"));
      assertThat(source.names()).hasSize(DType.values().length + 3);
      assertThat(Goldens.bytes(source.tensor("large"))).isEqualTo(large);
      assertThat(source.tensor("empty").shape()).containsExactly(3, 0);
      assertThat(source.tensor("scalar").rank()).isZero();
      for (String name : source.names()) {
        long alignment = source.tensor(name).dtype().byteSize();
        assertThat(source.tensor(name).data().address() % alignment).as(name).isZero();
      }
    }
    assertThat(Goldens.list(folder, "*")).containsExactly(file);
  }

  @Test
  void writesAFileWithoutTensors() throws IOException {
    Path file = folder.resolve("none.safetensors");
    new SafetensorsWriter().write(file);
    assertThat(Files.readString(file).substring(8)).isEqualTo("{}      ");
  }

  @Test
  void leavesTheOldFileWhenItFails() throws IOException {
    Path file = Files.writeString(folder.resolve("model.safetensors"), "old");
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add("a", Tensor.of(new float[8], 8))
            .add(
                "b",
                DType.F32,
                new long[] {8},
                () -> {
                  throw new IllegalStateException("cannot be made");
                });
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> writer.write(file));
    SafetensorsWriter wrongSize =
        new SafetensorsWriter()
            .add("a", DType.F32, new long[] {8}, () -> MemorySegment.ofArray(new byte[31]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrongSize.write(file))
        .withMessage("tensor a has 32 bytes, found 31");
    assertThat(file).hasContent("old");
    assertThat(Goldens.list(folder, "{.,}*")).containsExactly(file);
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(
            () -> new SafetensorsWriter().write(folder.resolve("absent/model.safetensors")));
  }

  @Test
  void refusesANameTwice() {
    SafetensorsWriter writer = new SafetensorsWriter().add("a", Tensor.of(new float[1], 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("a", Tensor.of(new float[1], 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("__metadata__", Tensor.of(new float[1], 1)));
  }
}
