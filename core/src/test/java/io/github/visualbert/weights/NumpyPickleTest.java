package io.github.visualbert.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dictionaries of numpy arrays in plain pickles: read as data, or refused. */
class NumpyPickleTest {
  private static final Path PICKLES = TestData.ROOT.resolve("checkpoints/numpy");

  @TempDir private Path folder;

  static Stream<Path> pickles() {
    return TestData.files(PICKLES, name -> name.endsWith(".pkl")).stream();
  }

  /** Every protocol of Python 3, and what Python 2 writes: all hold the same numbers. */
  @ParameterizedTest
  @MethodSource("pickles")
  void readsTheNumbersThatNumpyWrote(Path pickle) {
    try (Arena arena = Arena.ofConfined();
        TensorSource expected = TensorSource.open(PICKLES.resolve("expected.safetensors"), arena);
        TensorSource found = TensorSource.open(pickle, arena)) {
      assertThat(found.format()).isEqualTo(WeightFormat.NUMPY_PICKLE);
      List<String> names = new ArrayList<>(expected.names());
      assertThat(found.names()).containsAll(names);
      // What else there is are scalars and texts, which are no tensors.
      assertThat(found.names()).hasSameSizeAs(names);
      for (String name : names) {
        assertThat(found.info(name).dtype()).as(name).isEqualTo(expected.info(name).dtype());
        assertThat(found.info(name).shape()).as(name).isEqualTo(expected.info(name).shape());
        Tensor numbers = found.tensor(name);
        assertThat(numbers.data().mismatch(expected.tensor(name).data())).as(name).isEqualTo(-1);
        assertThat(found.tensor(name).data().address())
            .as("made once")
            .isEqualTo(numbers.data().address());
      }
    }
  }

  /** Little-endian numbers in a string of bytes stay in the mapped file. */
  @Test
  void copiesNothingThatCanBeUsedWhereItIs() {
    Path pickle = PICKLES.resolve("protocol-4.pkl");
    try (Arena arena = Arena.ofConfined();
        MappedFile mapped = MappedFile.open(pickle, arena)) {
      assertThat(new ArrayBytes(new Pickled.Bytes(3, 8, false), 8, 1).in(mapped, arena).address())
          .isEqualTo(mapped.slice(3, 8).address());
    }
  }

  @Test
  void refusesNamesThatAreNotOnItsList() {
    for (String name :
        new String[] {
          "posix\nsystem",
          "numpy.core.multiarray\nfromstring",
          "numpy\nload",
          "numpy._core\n_reconstruct",
          "numpy.core.numeric\n__import__",
          "torch._utils\n_rebuild_tensor_v2",
          "builtins\neval",
          "_codecs\nlookup"
        }) {
      for (String start : new String[] {"\u0080\u0002", "(dp0\n"}) {
        assertRefused(
            start + "c" + name + "\n(S'echo'\ntR.",
            Kind.HOSTILE,
            "\"" + name.replace('\n', '.') + "\"");
      }
    }
    assertRefused("(dp0\n(ios\nsystem\n.", Kind.HOSTILE, "os.system");
    assertRefused("(dp0\nS'weights.pkl'\nQ.", Kind.MALFORMED, "refers to another file");
  }

  /** Protocol 0, in which each of these can be written as it is read. */
  private static String array(String shape, String type, String order, String data) {
    return "(dp0\nS'a'\ncnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
        + ("(I1\n" + shape + "cnumpy\ndtype\n(S'" + type + "'\nI0\nI1\ntR")
        + ("(I3\nS'" + order + "'\nNNNI-1\nI-1\nI0\ntbI00\n" + data + "\ntbs.");
  }

  @Test
  void readsAnArrayWrittenByHand() throws IOException {
    Path file = folder.resolve("hand.pkl");
    Files.write(
        file,
        array("(I2\nI1\nt", "f4", ">", "S'\\x3f\\x80\\x00\\x00\\xc0\\x00\\x00\\x00'")
            .getBytes(ISO_8859_1));
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      assertThat(source.tensor("a").shape()).containsExactly(2, 1);
      assertThat(source.tensor("a").toFloatArray()).containsExactly(1, -2);
    }
  }

  /** One text is one copy, whatever number of arrays a few bytes of pickle make of it. */
  @Test
  void arraysOfOneTextShareItsBytes() throws IOException {
    String one = array("(I2\nt", "f4", "<", "S'abcdefgh'\np7");
    String again = array("(I2\nt", "f4", "<", "g7");
    String other = array("(I2\nt", "f4", ">", "g7");
    String members =
        Stream.of(one, again, other)
            .map(array -> array.substring("(dp0\nS'a'\n".length(), array.length() - 2))
            .collect(Collectors.joining());
    Path file = folder.resolve("one.pkl");
    int[] number = {0};
    String named =
        Stream.of(members.split("(?=cnumpy.core.multiarray)"))
            .map(array -> "S'a%d'\n%s".formatted(number[0]++, array))
            .collect(Collectors.joining("s", "(dp0\n", "s."));
    Files.write(file, named.getBytes(ISO_8859_1));
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      long address = source.tensor("a0").data().address();
      assertThat(source.tensor("a1").data().address()).isEqualTo(address);
      assertThat(source.tensor("a2").data().address()).isNotEqualTo(address);
      assertThat(source.tensor("a2").toFloatArray())
          .isNotEqualTo(source.tensor("a0").toFloatArray());
    }
  }

  @Test
  void refusesArraysThatAreNotWhatTheyClaim() {
    assertRefused(
        array("(I3\nt", "f4", "<", "S'12345678'"), Kind.MALFORMED, "needs 12 bytes, found 8");
    assertRefused(
        array("(I1\nt", "f4", "<", "S'12345678'"), Kind.MALFORMED, "needs 4 bytes, found 8");
    assertRefused(array("(I-1\nt", "f4", "<", "S''"), Kind.MALFORMED, "numpy.ndarray is not given");
    assertRefused(
        array("(L4611686018427387904L\nL8L\nt", "f4", "<", "S''"),
        Kind.MALFORMED,
        "larger than any file");
    assertRefused(
        array("(I1\nt", "f4", "<", "V\\u0100abc"), Kind.MALFORMED, "a character beyond 255");
    assertRefused(array("I2\n", "f4", "<", "S''"), Kind.MALFORMED, "numpy.ndarray is not given");
    assertRefused(
        array("(I1\nt", "O8", "|", "(lp5\nI1\na0g5"), Kind.MALFORMED, "1 without tensors");
    for (String wrong :
        new String[] {"S'a", "S'", "Sa'", "S'\\q'", "S'\\x1'", "V\\u12", "Ix", "L5x", "pz", "gx"}) {
      assertRefused("(dp0\n" + wrong + "\n.", Kind.MALFORMED, "pickle, byte ");
    }
  }

  /** Nothing is allocated for a length that is only claimed. */
  @Test
  void claimsCostNothing() {
    byte[] claim = array("(L1000000000000L\nt", "f4", "<", "S''").getBytes(ISO_8859_1);
    Path file = write(claim);
    Runnable reading =
        () -> assertThatExceptionOfType(ModelException.class).isThrownBy(() -> readAll(file));
    reading.run(); // loads classes
    assertThat(Mutants.allocated(reading)).isLessThan(2 << 20);
  }

  @Test
  void damagedPicklesAreReadOrRefused() {
    List<byte[]> seeds = pickles().map(TestData::bytes).toList();
    new Mutants(seeds, ModelException.class, 400).attack(4000, mutant -> readAll(write(mutant)));
  }

  private static void readAll(Path file) {
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      for (String name : source.names()) {
        Tensor tensor = source.tensor(name);
        if (tensor.elementCount() > 0) {
          tensor.getFloat(0);
          tensor.getFloat(tensor.elementCount() - 1);
        }
      }
    }
  }

  private Path write(byte[] content) {
    try {
      return Files.write(folder.resolve("a.pkl"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertRefused(String pickle, Kind kind, String message) {
    Path file = write(pickle.getBytes(ISO_8859_1));
    assertThatExceptionOfType(ModelException.class)
        .as(pickle)
        .isThrownBy(() -> readAll(file))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
