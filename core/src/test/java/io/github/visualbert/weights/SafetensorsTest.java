package io.github.visualbert.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
  private static final Path MALFORMED = Goldens.ROOT.resolve("malformed/safetensors");

  /**
   * Where reader and library may disagree, this reader holds to the text of the format; a null is
   * still as good as nothing.
   */
  private static final Set<String> STRICTER_THAN_THE_LIBRARY =
      Set.of("header_leading_space.safetensors", "duplicate_tensor.safetensors");

  @TempDir private Path folder;

  static Stream<String> verdicts() {
    return Goldens.json(MALFORMED.resolve("expected.json")).keys().stream();
  }

  @Test
  void everyFileHasAVerdict() {
    assertThat(
            Goldens.list(MALFORMED, "*.safetensors").stream()
                .map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(verdicts().toList());
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void agreesWithTheReferenceLibrary(String name) {
    JsonObject expected = Goldens.json(MALFORMED.resolve("expected.json")).getObject(name);
    Path file = MALFORMED.resolve(name);
    if (expected.getBoolean("valid") && !STRICTER_THAN_THE_LIBRARY.contains(name)) {
      try (Arena arena = Arena.ofConfined();
          TensorSource source = TensorSource.open(file, arena)) {
        assertTensors(source, expected.getObject("tensors"));
      }
    } else {
      assertThat(expected.has("either")).isEqualTo(expected.getBoolean("valid"));
      assertRefused(file, Kind.MALFORMED)
          .hasMessageStartingWith(file + ": ")
          .hasMessageNotContainingAny("\n", "null");
    }
  }

  private static void assertTensors(TensorSource source, JsonObject expected) {
    assertThat(source.names()).containsExactlyInAnyOrderElementsOf(expected.keys());
    for (String name : expected.keys()) {
      JsonObject tensor = expected.getObject(name);
      Tensor found = source.tensor(name);
      assertThat(found.dtype().name()).as(name).isEqualTo(tensor.getString("dtype"));
      assertThat(found.shape()).as(name).isEqualTo(Goldens.longs(tensor.getArray("shape")));
      assertThat(Goldens.hex(found)).as(name).isEqualTo(tensor.getString("data"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':{'dtype':'F8_E4M3','shape':[4],'data_offsets':[0,4]}}; 4",
        "{'a':{'dtype':'F4','shape':[2,3],'data_offsets':[0,3]}}; 3",
        "{'a':{'dtype':'C64','shape':[],'data_offsets':[0,8]}}; 8"
      })
  void listsTypesThatItDoesNotRead(String header, int bytes) throws IOException {
    Path file = file(header, bytes);
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.info("a").byteSize()).isEqualTo(bytes);
      assertThat(source.info("a").supportedDType()).isEmpty();
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(() -> source.tensor("a"))
          .withMessage(file + ": tensor \"a\" is " + source.info("a").dtype())
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':{'dtype':'F4','shape':[3],'data_offsets':[0,1]}}; 1; tensor \"a\": F4 [3] needs 12"
            + " bits, its offsets span 1 bytes",
        "{'a':{'dtype':'U8','shape':[-1],'data_offsets':[0,1]}}; 1; header: a.shape[0]: expected a"
            + " size, found -1",
        "{'a':{'dtype':'U8','shape':1,'data_offsets':[0,1]}}; 1; header: a.shape: expected an"
            + " array, found 1",
        "{'a':{'dtype':'U8','shape':[9223372036854775807,2,0],'data_offsets':[0,0]}}; 0;"
            + " tensor \"a\": the shape overflows 64 bits",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,18446744073709551615]}}; 1;"
            + " header: a.data_offsets[1]: expected an offset, found 1.8446744073709552E19",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}; 1; the file was cut short: the"
            + " tensors have 2 bytes, the file has 1 bytes of data",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}; 3; the tensors have 2 bytes, the"
            + " file has 3 bytes of data"
      })
  void saysWhatIsWrong(String header, int bytes, String message) throws IOException {
    Path file = file(header, bytes);
    assertRefused(file, Kind.MALFORMED).hasMessage(file + ": " + message);
  }

  @Test
  void acceptsAnEmptyTensorWhateverItsOtherSizes() throws IOException {
    Path file =
        file("{'a':{'dtype':'F32','shape':[0,4611686018427387904,4],'data_offsets':[0,0]}}", 0);
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.tensor("a").elementCount()).isZero();
    }
  }

  @Test
  void refusesAHeaderBeyondTheLimitOfTheFormat() throws IOException {
    Path file = folder.resolve("header.safetensors");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_001).array());
      content.setLength(8 + 100_000_001);
    }
    assertRefused(file, Kind.MALFORMED)
        .hasMessageContaining("at most 100000000 bytes, found 100000001");
  }

  /** Four gigabytes that were never written: had they been read, they would be in memory. */
  @Test
  void opensWithoutReadingTheData() throws IOException {
    long size = 4L << 30;
    Path file =
        file("{'a':{'dtype':'F32','shape':[32768,32768],'data_offsets':[0,4294967296]}}", 0);
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(content.length() + size);
    }
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      Tensor tensor = source.tensor("a");
      assertThat(tensor.data().byteSize()).isEqualTo(size);
      assertThat(tensor.data().isLoaded()).isFalse();
      assertThat(tensor.getFloat(tensor.elementCount() - 1)).isZero();
    }
  }

  @Test
  void noticesAFileThatShrinks() throws IOException {
    Path file = file("{'a':{'dtype':'U8','shape':[100000],'data_offsets':[0,100000]}}", 100_000);
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      Tensor tensor = source.tensor("a");
      source.checkUnchanged();
      try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
        content.setLength(5000);
      }
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(source::checkUnchanged)
          .withMessageContaining("expected 100071 bytes, found 5000")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED));
      assertThatExceptionOfType(InternalError.class).isThrownBy(() -> tensor.getLong(99_999));
    }
  }

  @Test
  void saysThatItIsClosed() {
    TensorSource closed;
    Tensor tensor;
    try (Arena arena = Arena.ofConfined()) {
      try (TensorSource source =
          TensorSource.open(MALFORMED.resolve("good_scalar.safetensors"), arena)) {
        closed = source;
        tensor = source.tensor("s");
      }
      assertThat(tensor.getFloat(0)).isEqualTo(-1);
      assertThatIllegalStateException().isThrownBy(closed::checkUnchanged);
    }
    assertThatIllegalStateException().isThrownBy(() -> tensor.getFloat(0));
  }

  @Test
  void readsOnWhereTheFileWasReplacedByAnother() throws IOException {
    Path file = file("{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}", 1);
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      Files.move(
          Files.createTempFile(folder, "new", ""), file, StandardCopyOption.REPLACE_EXISTING);
      source.checkUnchanged();
      assertThat(source.tensor("a").getLong(0)).isEqualTo(7);
    }
  }

  @Test
  void refusesWhatIsNotAFile() throws IOException {
    assertRefused(folder.resolve("absent.safetensors"), Kind.UNREADABLE)
        .hasMessageEndingWith(": no such file");
    assertRefused(Path.of("/dev/zero"), Kind.UNREADABLE).hasMessage("/dev/zero: not a file");
    Path text = Files.writeString(folder.resolve("notes.txt"), "some text that is no tensor");
    assertRefused(text, Kind.MALFORMED)
        .hasMessage(
            text
                + ": expected safetensors or a file of torch.save, found a text that starts with"
                + " \"some text that is no tensor\"");
  }

  /** What is found under the names of weights where a clone or a download went wrong. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "version https://git-lfs.github.com/spec/v1|oid sha256:4d7a|size 447739123| = a Git LFS"
            + " pointer; run `git lfs pull`",
        "<!DOCTYPE html>|<html> = an HTML page; download the file itself",
        "Entry not found = a text that starts with \"Entry not found\"",
        "{\"error\": \"Invalid credentials\"} = a JSON file",
        "'' = an empty file",
      })
  void callsByItsNameWhatStandsInPlaceOfWeights(String content, String message) throws IOException {
    for (String name : new String[] {"model.safetensors", "pytorch_model.bin", "original.th"}) {
      Path file = Files.writeString(folder.resolve(name), content.replace('|', '\n'));
      assertRefused(file, Kind.MALFORMED)
          .hasMessage(file + ": expected safetensors or a file of torch.save, found " + message);
    }
  }

  @Test
  void saysWhatAFolderHoldsInPlaceOfWeights() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.write(folder.resolve("tf_model.h5"), "\211HDF\r\n\32\n".getBytes(ISO_8859_1));
    Files.write(folder.resolve("model.onnx"), "\10\10\22\7pytorch".getBytes(ISO_8859_1));
    String expected =
        folder
            + ": expected model.safetensors, model.safetensors.index.json, pytorch_model.bin,"
            + " pytorch_model.bin.index.json or one *.th, *.pth or *.pkl file, found ";
    String next =
        "; `visualbert convert FILE FOLDER` makes a model of a file of torch.save or safetensors by"
            + " another name";
    assertRefused(folder, Kind.UNREADABLE)
        .hasMessage(expected + "model.onnx (an ONNX model), tf_model.h5 (an HDF5 file)" + next);
    Files.copy(
        Goldens.ROOT.resolveSibling("checkpoints/lightning.ckpt"),
        folder.resolve("epoch=3-step=100.ckpt"));
    for (char i = 'a'; i < 'f'; i++) {
      Files.createFile(folder.resolve(i + ".bin"));
    }
    assertRefused(folder, Kind.UNREADABLE)
        .hasMessage(
            expected
                + "a.bin (an empty file), b.bin (an empty file), c.bin (an empty file), d.bin (an"
                + " empty file), e.bin (an empty file), 3 more"
                + next);
    for (char i = 'a'; i < 'f'; i++) {
      Files.delete(folder.resolve(i + ".bin"));
    }
    assertRefused(folder, Kind.UNREADABLE)
        .hasMessageContaining("found epoch=3-step=100.ckpt (a PyTorch file), model.onnx");
  }

  @Test
  void namesATensorThatIsNotThere() {
    try (Arena arena = Arena.ofConfined();
        TensorSource source =
            TensorSource.open(MALFORMED.resolve("good_scalar.safetensors"), arena)) {
      assertThatExceptionOfType(ModelException.class)
          .isThrownBy(() -> source.info("t\n"))
          .withMessageEndingWith("no tensor \"t\\n\"")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH));
    }
  }

  private static AbstractThrowableAssert<?, ModelException> assertRefused(Path file, Kind kind) {
    try (Arena arena = Arena.ofConfined()) {
      ModelException refusal =
          catchThrowableOfType(ModelException.class, () -> TensorSource.open(file, arena));
      assertThat(refusal).as("refusal of " + file).isNotNull();
      assertThat(refusal.kind()).isEqualTo(kind);
      return assertThat(refusal);
    }
  }

  /** Writes a header, given with single quotes, and as many bytes of 7. */
  private Path file(String header, int dataBytes) throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    while (file.hasRemaining()) {
      file.put((byte) 7);
    }
    return Files.write(folder.resolve("test.safetensors"), file.array());
  }
}
