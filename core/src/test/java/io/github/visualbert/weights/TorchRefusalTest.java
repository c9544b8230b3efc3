package io.github.visualbert.weights;

import static io.github.visualbert.weights.TorchBytes.SIX;
import static io.github.visualbert.weights.TorchBytes.archive;
import static io.github.visualbert.weights.TorchBytes.change;
import static io.github.visualbert.weights.TorchBytes.floats;
import static io.github.visualbert.weights.TorchBytes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for every way in which a file of torch.save can be wrong or hostile. */
class TorchRefusalTest {
  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void refusesABombOfZeros() throws IOException {
    Path file = folder.resolve("packed.bin");
    PickleWriter bomb =
        new PickleWriter()
            .raw('}')
            .text("a")
            .tensor("FloatStorage", "0", 5_000_000, 0, new long[] {1}, new long[] {1})
            .raw('s');
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("m/data.pkl"));
      zip.write(bomb.toBytes());
      zip.putNextEntry(new ZipEntry("m/data/0"));
      zip.write(new byte[20_000_000]);
    }
    assertRefused(
        () -> TensorSource.open(file, arena),
        Kind.UNSUPPORTED,
        "is compressed by method 8, 20000000 bytes to");
  }

  @Test
  void refusesATensorThatStandsForMoreThanItsFile() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}').text("a");
    pickle
        .tensor("FloatStorage", "0", 6, 0, new long[] {1 << 20, 1 << 20}, new long[] {0, 0})
        .raw('s');
    assertRefused(
        () -> zip(pickle, SIX),
        Kind.UNSUPPORTED,
        "tensor \"a\" [1048576, 1048576] repeats its storage");
    PickleWriter many = new PickleWriter().raw('}', '(');
    for (int i = 0; i < 9; i++) {
      many.text("t" + i).tensor("FloatStorage", "0", 6, 0, new long[] {1 << 15}, new long[] {0});
    }
    assertRefused(
        () -> zip(many.raw('u'), SIX),
        Kind.UNSUPPORTED,
        "tensor \"t8\" [32768] repeats its storage");
  }

  @Test
  void refusesEveryWayToAskForCode() throws IOException {
    assertHostile(
        new PickleWriter().global("posix", "system").text("echo").raw(0x85, 'R'),
        "\"posix.system\"");
    assertHostile(new PickleWriter().text("os").text("system").raw(0x93), "\"os.system\"");
    assertHostile(
        new PickleWriter()
            .raw('(')
            .text("echo")
            .raw('i')
            .raw("os\nsystem\n".getBytes(StandardCharsets.UTF_8)),
        "\"os.system\"");
    assertHostile(new PickleWriter().raw('(', 'o'), "instruction 0x6f");
    assertHostile(new PickleWriter().raw(0x82, 1), "instruction 0x82");
    assertHostile(new PickleWriter().raw(')', '}', 0x92), "instruction 0x92");
    assertHostile(
        new PickleWriter().global("torch._utils", "_import_dotted_name"),
        "\"torch._utils._import_dotted_name\"");
    assertHostile(new PickleWriter().global("builtins", "frozenset"), "\"builtins.frozenset\"");
    assertHostile(new PickleWriter().global("__builtin__", "eval"), "\"__builtin__.eval\"");
    assertHostile(new PickleWriter().global("torch", "XTensor"), "\"torch.XTensor\"");
    assertHostile(
        new PickleWriter().global("numpy.core.multiarray", "fromstring"),
        "\"numpy.core.multiarray.fromstring\"");
    assertHostile(
        new PickleWriter().global("torch", "FloatStorage.__init__"),
        "\"torch.FloatStorage.__init__\"");
    assertHostile(new PickleWriter().global("builtins", "x\u001b[2J".repeat(100)), "\\u001b[2J");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "7d; its end is missing",
        "52 2e; finds no value on the stack",
        "74 2e; finds no value on the stack",
        "28 30 2e; finds no value on the stack",
        "4e 28 73 2e; finds no value on the stack",
        "4e 4e 28 86 2e; finds no value on the stack",
        "7d 61 2e; finds no value on the stack",
        "4e 4e 61 2e; appended to something that is no list",
        "4e 4e 4e 73 2e; put into something that is no dictionary",
        "7d 28 4e 75 2e; put into something that is no dictionary",
        "68 05 2e; recalls value 5, which it never remembered",
        "58 ff ff ff ff 2e; 4294967295 bytes where",
        "58 05 00 00 00 2e; its end is missing",
        "58 01 00 00 00 ff 2e; not UTF-8",
        "58 04 00 00 00 ed a0 80 ff 2e; not UTF-8",
        "42 ff ff ff 7f 2e; 2147483647 bytes where",
        "8e ff ff ff ff ff ff ff ff; bytes where",
        "8b ff ff ff 7f 2e; a value of 2147483647 bytes",
        "80 06 2e; protocol 6",
        "50 31 0a 2e; a persistent id that names no storage",
        "50 31 0a 2e; a persistent id that names no storage",
        "63 61; its end is missing",
        "4e 51 2e; names no storage",
        "29 51 2e; names no storage",
        "4e 4e 93 2e; a name that is no text",
        "4e 4e 52 2e; something that is no function is called",
        "4e 4e 62 2e; given to something that has none"
      })
  void refusesAPickleThatIsWrong(String instructions, String message) throws IOException {
    PickleWriter pickle = new PickleWriter();
    for (String instruction : instructions.split(" ")) {
      pickle.raw(Integer.parseInt(instruction, 16));
    }
    byte[] bytes = pickle.toBytes();
    byte[] archive = archive(Arrays.copyOf(bytes, bytes.length - 1), false);
    Path file = Files.write(folder.resolve("wrong.bin"), archive);
    assertRefused(() -> TensorSource.open(file, arena), Kind.MALFORMED, message);
  }

  @Test
  void refusesCallsWithoutWhatTheyNeed() throws IOException {
    for (String name :
        new String[] {
          "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter"
        }) {
      assertRefused(
          () -> zip(new PickleWriter().global("torch._utils", name).raw(')', 'R')),
          Kind.MALFORMED,
          "torch._utils." + name + " is not given what it needs");
    }
    assertRefused(
        () ->
            zip(
                new PickleWriter()
                    .global("collections", "OrderedDict")
                    .raw(']', ')', 'a', 0x85, 'R')),
        Kind.MALFORMED,
        "collections.OrderedDict is not given what it needs");
    assertRefused(
        () ->
            zip(new PickleWriter().global("torch._tensor", "_rebuild_from_type_v2").raw(')', 'R')),
        Kind.MALFORMED,
        "torch._tensor._rebuild_from_type_v2 is not given what it needs");
    PickleWriter negative = new PickleWriter().global("torch._utils", "_rebuild_tensor_v2");
    negative.raw('(').storage("FloatStorage", "0", 6).integer(0).tuple(2).tuple(1).raw(0x89);
    negative.emptyOrderedDict().raw('}').text("neg").raw(0x88, 's', 't', 'R');
    assertRefused(
        () -> zip(negative, SIX), Kind.UNSUPPORTED, "is the negative or conjugate of the numbers");
    PickleWriter laidOver =
        new PickleWriter().tensor("FloatStorage", "0", 6, 0, new long[] {2}, new long[] {1});
    laidOver.raw('(').storage("FloatStorage", "0", 6).integer(0).tuple(2).tuple(1).raw('t', 'b');
    assertRefused(
        () -> zip(laidOver, SIX), Kind.MALFORMED, "a state is given to something that has none");
    long[] dimensions = new long[65];
    assertRefused(
        () ->
            zip(new PickleWriter().tensor("FloatStorage", "0", 6, 0, dimensions, dimensions), SIX),
        Kind.MALFORMED,
        "_rebuild_tensor_v2 is not given what it needs");
    PickleWriter twice =
        new PickleWriter().storage("FloatStorage", "0", 6).storage("HalfStorage", "0", 6);
    assertRefused(
        () -> zip(twice, SIX), Kind.MALFORMED, "the storage \"0\" is described in two ways");
  }

  @Test
  void boundsWhatAPickleMayHold() throws IOException {
    PickleWriter values = new PickleWriter();
    values.raw("}".repeat(PickleReader.MAX_VALUES + 1).getBytes(StandardCharsets.UTF_8));
    assertRefused(() -> zip(values), Kind.UNSUPPORTED, "more than 1048576 values");
    PickleWriter marks = new PickleWriter();
    marks.raw("(".repeat(PickleReader.MAX_VALUES + 1).getBytes(StandardCharsets.UTF_8));
    assertRefused(() -> zip(marks), Kind.UNSUPPORTED, "more than 1048576 values");
    // One list of a thousand tensors under two thousand names.
    PickleWriter names = new PickleWriter().raw(']', 'q', 0, '(');
    names.tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}).raw('q', 1);
    for (int i = 0; i < 999; i++) {
      names.raw('h', 1);
    }
    names.raw('e', '0', '}', '(');
    for (int i = 0; i < 2000; i++) {
      names.text("n" + i).raw('h', 0);
    }
    assertRefused(
        () -> zip(names.raw('u'), SIX),
        Kind.UNSUPPORTED,
        "more than 1048576 values under two names");
    PickleWriter longNames = new PickleWriter().raw(']', 'q', 0, '(');
    longNames.tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}).raw('q', 1);
    for (int i = 0; i < 999; i++) {
      longNames.raw('h', 1);
    }
    longNames.raw('e', '0', '}').text("n".repeat(1 << 20)).raw('h', 0, 's');
    assertRefused(() -> zip(longNames, SIX), Kind.UNSUPPORTED, "more than 16777216 characters");
  }

  /** A hundred thousand pairs, a dozen times over in a few bytes. */
  @Test
  void copiesNoListOverAndOver() throws IOException {
    PickleWriter pickle = new PickleWriter().raw(']', 'q', 0, '(');
    for (int i = 0; i < 100_000; i++) {
      pickle.raw('K', i & 0xff, 'N', 0x86);
    }
    pickle.raw('e', '0');
    for (int i = 0; i < 12; i++) {
      pickle.global("collections", "OrderedDict").raw('h', 0, 0x85, 'R', '0');
    }
    assertRefused(() -> zip(pickle.raw('N')), Kind.UNSUPPORTED, "given more than 1048576 pairs");
  }

  @Test
  void followsNoCircle() throws IOException {
    PickleWriter pickle = new PickleWriter().raw('}', 'q', 0).text("model").raw('h', 0, 's');
    assertRefused(() -> zip(pickle), Kind.MALFORMED, "a dictionary of 1 without tensors");
    PickleWriter key = new PickleWriter().raw('}', 'q', 0, ']', 'q', 1, 'h', 1, 'a');
    key.tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}).raw('s');
    assertRefused(() -> zip(key, SIX), Kind.MALFORMED, "a tensor has a name that is no text");
  }

  @Test
  void refusesAnArchiveThatContradictsItself() throws IOException {
    byte[] pickle =
        new PickleWriter()
            .raw('}')
            .text("a")
            .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
            .raw('s')
            .toBytes();
    byte[] good = archive(pickle, false, SIX);
    int end = good.length - 22;
    int directory = (int) get(good, end + 16, 4);
    int secondEntry = directory + 46 + (int) get(good, directory + 28, 2);
    assertRefused(
        change(good, end + 8, 9, 2, end + 10, 9, 2),
        "the directory of the zip archive ends after 3 of 9 entries");
    assertRefused(
        change(good, end + 16, good.length, 4),
        "the directory of the zip archive lies outside the file");
    assertRefused(
        change(good, end + 12, good.length, 4),
        "the directory of the zip archive lies outside the file");
    assertRefused(
        change(good, end + 16, 0xffffffffL, 4), "needs 64-bit sizes and does not have them");
    assertRefused(change(good, directory + 24, 0xffffffffL, 4), "an entry without a size");
    assertRefused(change(good, directory + 24, 5, 4), "holds 5 bytes in " + pickle.length);
    assertRefused(
        change(good, directory + 42, good.length, 4), "lies outside the data of the zip archive");
    assertRefused(change(good, directory + 42, 1, 4), "lies outside the data of the zip archive");
    assertRefused(
        change(good, directory + 20, 5000, 4, directory + 24, 5000, 4),
        "lies outside the data of the zip archive");
    assertRefused(change(good, directory + 16, 0, 4), "does not have the checksum it should");
    assertRefused(change(good, directory + 8, 1, 2), "is encrypted");
    assertRefused(change(good, directory + 10, 12, 2), "is compressed by method 12");
    assertRefused(change(good, directory + 10, 8, 2), "not compressed data");
    assertRefused(change(good, directory + 46, 0xff, 1), "whose name is not UTF-8");
    assertRefused(
        change(good, secondEntry + 46 + 2, 'x', 1), "the storage \"0\" is not in the zip archive");
    byte[] longer = archive(pickle, false, floats(0, 1, 2, 3, 4, 5, 6));
    assertRefused(longer, "the storage \"0\": expected 24 bytes, found 28");
    byte[] bigEndian = "big".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("m/data.pkl"));
      zip.write(pickle);
      zip.putNextEntry(new ZipEntry("m/byteorder"));
      zip.write(bigEndian);
    }
    assertRefused(out.toByteArray(), "the byte order is \"big\", expected little");
    byte[] twice = archive(pickle, false, SIX, SIX);
    int at = twice.length - 22;
    int last = at - (46 + "m/data/1".length());
    assertRefused(change(twice, last + 46 + 7, '0', 1), "two entries \"m/data/0\"");
  }

  @Test
  void refusesATensorBeyondThePartOfItsStorage() throws IOException {
    Consumer<PickleWriter> part =
        writer -> {
          writer
              .raw('(')
              .text("storage")
              .global("torch", "FloatStorage")
              .text("9")
              .text("cpu")
              .integer(6);
          writer.raw('(').text("view").integer(2).integer(3).raw('t', 't', 'Q');
        };
    PickleWriter beyond = new PickleWriter().raw('}').text("part");
    beyond.tensor(part, 2, new long[] {2}, new long[] {1}).raw('s');
    assertRefused(
        () -> legacy(beyond, new byte[][] {SIX}, "9"),
        Kind.MALFORMED,
        "reaches beyond its storage");
  }

  @Test
  void refusesAnOldFileThatContradictsItself() throws IOException {
    PickleWriter pickle =
        new PickleWriter()
            .raw('}')
            .text("a")
            .tensor("FloatStorage", "k", 6, 0, new long[] {6}, new long[] {1})
            .raw('s');
    byte[][] storages = {SIX};
    try (TensorSource source = legacy(pickle, storages, "k")) {
      assertThat(source.tensor("a").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
    }
    assertRefused(
        () -> legacy(pickle, storages, "j"),
        Kind.MALFORMED,
        "the storage \"j\" belongs to no tensor");
    assertRefused(() -> legacy(pickle, storages), Kind.MALFORMED, "the storage \"k\" is missing");
    assertRefused(
        () -> legacy(pickle, new byte[][] {}, "k"),
        Kind.MALFORMED,
        "is missing: the file was cut short");
    assertRefused(
        () -> legacy(pickle, new byte[][] {SIX, SIX}, "k", "k"),
        Kind.MALFORMED,
        "no names, or one is there twice");
    assertRefused(
        () -> legacy(pickle, new byte[][] {floats(1)}, "k"),
        Kind.MALFORMED,
        "expected 6 elements, found 1");
    byte[][] seven = {floats(0, 1, 2, 3, 4, 5, 6)};
    assertRefused(() -> legacy(pickle, seven, "k"), Kind.MALFORMED, "expected 6 elements, found 7");
    byte[] good = Files.readAllBytes(folder.resolve("old.bin"));
    assertRefused(change(good, 2 + 2, 0, 1), "expected a dictionary of tensors");
  }

  private interface Opening {
    TensorSource open() throws IOException;
  }

  private void assertHostile(PickleWriter pickle, String name) {
    assertRefused(() -> zip(pickle), Kind.HOSTILE, name);
    assertRefused(
        () -> TensorSource.open(Files.write(folder.resolve("bare.bin"), pickle.toBytes()), arena),
        Kind.HOSTILE,
        name);
  }

  private void assertRefused(byte[] content, String message) {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(
            () -> TensorSource.open(Files.write(folder.resolve("refused.bin"), content), arena))
        .withMessageContaining(message);
  }

  private static void assertRefused(Opening opening, Kind kind, String message) {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(opening::open)
        .withMessageContaining(message)
        .withMessageNotContaining("\n")
        .withMessageNotContaining("\u001b")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private TensorSource zip(PickleWriter pickle, byte[]... storages) throws IOException {
    byte[] archive = archive(pickle.toBytes(), false, storages);
    return TensorSource.open(Files.write(folder.resolve("new.bin"), archive), arena);
  }

  private TensorSource legacy(PickleWriter pickle, byte[][] storages, String... keys)
      throws IOException {
    byte[] content = TorchBytes.legacy(pickle.toBytes(), storages, keys);
    return TensorSource.open(Files.write(folder.resolve("old.bin"), content), arena);
  }
}
