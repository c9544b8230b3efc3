package io.github.visualbert.detect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pickles of detectors that work, with something hostile behind the weights: refused in one line
 * with the file, the place and what it is, before anything is made of them.
 *
 * <p>Instructions of protocol 0 are text, and every protocol has them; so most of the hostile parts
 * are written as text here, whose characters are the bytes.
 */
class HostilePickleTest {
  /** Detectron's form as Python 2 wrote it, and bottom-up attention's as a plain pickle. */
  private static final List<DetectorCase> FORMS =
      List.of(DetectorCase.of("mask_rcnn_small"), DetectorCase.of("butd_few"));

  @TempDir private Path folder;

  private static byte[] latin(String instructions) {
    return instructions.getBytes(ISO_8859_1);
  }

  /** Returns the weights of a detector and more instructions in front of the last one. */
  private static byte[] infected(DetectorCase form, String instructions) {
    byte[] weights = TestData.bytes(form.folder().resolve(form.description().getString("weights")));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(weights, 0, weights.length - 1);
    bytes.writeBytes(latin(instructions));
    return bytes.toByteArray();
  }

  private Path write(byte[] content) {
    try {
      return Files.write(folder.resolve("model_final.pkl"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void open(DetectorCase form, Path weights) {
    RegionDetector.builder(form.folder())
        .weights(weights)
        .provider("scalar")
        .threads(1)
        .open()
        .close();
  }

  /** What an array is made with: a shape, a type, whether it is column-major, and its bytes. */
  private static String array(String shape, String type, String columnMajor, String data) {
    return "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
        + ("(I1\n" + shape + type(type) + columnMajor + "\n" + data + "\ntb");
  }

  private static String type(String code) {
    return "cnumpy\ndtype\n(S'" + code + "'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntb";
  }

  private static String wrongBytes(String shape, String columnMajor) {
    return array(shape, "f4", columnMajor, "S'12345678'");
  }

  static Stream<Arguments> hostile() {
    List<Arguments> rows = new ArrayList<>();
    for (String name :
        new String[] {
          "os system",
          "posix system",
          "nt system",
          "subprocess Popen",
          "builtins eval",
          "__builtin__ execfile",
          "importlib import_module",
          "numpy load",
          "numpy.core.multiarray fromstring",
          "numpy.core.numeric fromfile",
          "numpy ndarray.tofile",
          "numpy.ma.core _mareconstruct",
          "numpy.random _pickle.__randomstate_ctor",
          "torch._utils _rebuild_tensor_v2",
          "torch.storage _load_from_bytes",
          "pickle loads",
          "functools partial",
          "_codecs lookup",
          "codecs encode",
          "detectron.core.config AttrDict"
        }) {
      String[] parts = name.split(" ");
      String dotted = '"' + parts[0] + '.' + parts[1] + '"';
      String global = "c" + parts[0] + "\n" + parts[1] + "\n";
      rows.add(row("names " + name, global, Kind.HOSTILE, dotted));
      rows.add(row("calls " + name, global + "(S'touch hit'\ntR", Kind.HOSTILE, dotted));
      rows.add(
          row(
              "stack names " + name,
              "V%s\nV%s\n\u0093(V1\nt\u0081".formatted(parts[0], parts[1]),
              Kind.HOSTILE,
              dotted));
    }
    rows.add(row("INST", "(S'touch hit'\nios\nsystem\n", Kind.HOSTILE, "\"os.system\""));
    rows.add(row("OBJ", "(cnumpy\nndarray\nI1\no", Kind.HOSTILE, "0x6f, an object"));
    rows.add(row("NEWOBJ_EX", "cnumpy\nndarray\n)}\u0092", Kind.HOSTILE, "0x92, an object"));
    rows.add(row("EXT1", "\u0082\u0001", Kind.HOSTILE, "0x82, an object"));
    rows.add(row("EXT2", "\u0083\u0001\u0001", Kind.HOSTILE, "0x83, an object"));
    rows.add(row("EXT4", "\u0084\u0001\u0001\u0001\u0001", Kind.HOSTILE, "0x84, an object"));
    rows.add(malformed("PERSID", "Pother.pkl\n", "refers to another file"));
    rows.add(malformed("BINPERSID", "S'other.pkl'\nQ", "refers to another file"));
    rows.add(malformed("NEXT_BUFFER", "\u0097", "a buffer that lies outside of the file"));
    rows.add(malformed("READONLY_BUFFER", "\u0098", "a buffer that lies outside of the file"));
    rows.add(malformed("protocol 6", "\u0080\u0006", "protocol 6"));
    rows.add(malformed("no instruction", "\u00ff", "0xff is not one of data"));

    rows.add(malformed("calls an array", "(I1\nt(I1\nt" + "R", "no function is called"));
    rows.add(malformed("calls with a list", "cnumpy\ndtype\n]R", "no function is called"));
    String none = "cnumpy.core.multiarray\n_reconstruct\n(tR";
    rows.add(malformed("attributes of an array", none + "}b", "numpy.ndarray is not given"));
    rows.add(malformed("slots of an array", none + "(N}tb", "numpy.ndarray is not given"));
    rows.add(malformed("short state of an array", none + "(I1\ntb", "numpy.ndarray is not given"));
    rows.add(malformed("state of a name", "cnumpy\nndarray\n}b", "to something that has none"));
    rows.add(malformed("state of a text", "S'a'\n}b", "to something that has none"));
    rows.add(malformed("state of a list", "]}b", "to something that has none"));
    rows.add(
        malformed("attributes of a type", "cnumpy\ndtype\n(S'f4'\ntR}b", "numpy.dtype is not"));

    rows.add(malformed("bytes too short", wrongBytes("(I3\nt", "I00"), "needs 12 bytes, found 8"));
    rows.add(malformed("bytes too long", wrongBytes("(I1\nt", "I00"), "needs 4 bytes, found 8"));
    rows.add(
        malformed("column-major lie", wrongBytes("(I3\nI7\nt", "I01"), "needs 84 bytes, found 8"));
    rows.add(
        malformed("negative size", wrongBytes("(I-2\nt", "I01"), "numpy.ndarray is not given"));
    rows.add(malformed("sizes as text", wrongBytes("(S'2'\nt", "I00"), "numpy.ndarray is not"));
    rows.add(malformed("sizes as list", wrongBytes("]I2\na", "I00"), "numpy.ndarray is not given"));
    rows.add(
        malformed("order as text", wrongBytes("(I2\nt", "S'F'"), "numpy.ndarray is not given"));
    rows.add(malformed("65 sizes", wrongBytes("(" + "I1\n".repeat(65) + "t", "I00"), "ndarray is"));
    for (String shape :
        new String[] {
          "(L4611686018427387904L\nt", "(L3037000500L\nL3037000500L\nt", "(L2305843009213693952L\nt"
        }) {
      rows.add(malformed("huge shape " + shape, wrongBytes(shape, "I00"), "larger than any file"));
    }
    rows.add(
        malformed("large shape", wrongBytes("(L1000000000000L\nt", "I00"), "needs 4000000000"));
    rows.add(
        malformed("beyond 64 bits", wrongBytes("(L99999999999999999999L\nt", "I00"), "is not"));
    rows.add(
        malformed(
            "type as text",
            array("(I2\nt", "f4", "I00", "S''").replace(type("f4"), "S'f4'\n"),
            "numpy.ndarray is not given"));
    for (String codec : new String[] {"utf-8", "zlib", "hex", "rot13", "idna", "unicode_escape"}) {
      String call = "c_codecs\nencode\n(Vabcd\nS'%s'\ntR".formatted(codec);
      rows.add(malformed("codec " + codec, call, "another codec than latin1"));
    }
    rows.add(malformed("no codec", "c_codecs\nencode\n(Vabcd\ntR", "another codec than latin1"));

    rows.add(malformed("bad escape", "S'\\q'\n", "unknown escape"));
    rows.add(malformed("half an escape", "S'\\x1'\n", "an escape without its digits"));
    rows.add(malformed("a lone backslash", "S'\\'\n", "unknown escape"));
    rows.add(malformed("no quotes", "Sabc\n", "without quotes"));
    rows.add(malformed("other quotes", "S'abc\"\n", "without quotes"));
    rows.add(malformed("escape beyond Unicode", "V\\U00110000\n", "beyond Unicode"));
    rows.add(malformed("half of a character", "X\u0002\0\0\0\u00c3(", "not UTF-8"));
    rows.add(malformed("LONG of megabytes", "L" + "9".repeat(3 << 20) + "L\n", "line without end"));
    rows.add(malformed("LONG of text", "L12x4L\n", "no number"));
    rows.add(malformed("INT of nothing", "I\n", "no number"));
    rows.add(
        malformed(
            "LONG4 of megabytes", "\u008b\0\0\u0020\0" + "\1".repeat(2 << 20), "of 2097152 b"));
    rows.add(
        malformed("LONG4 of a negative length", "\u008b\u00ff\u00ff\u00ff\u00ff", "value of 4"));
    String negative = "\u00ff".repeat(8);
    rows.add(malformed("BINSTRING, length -1", "T" + negative, "4294967295 bytes where "));
    rows.add(malformed("BINUNICODE, length -1", "X" + negative, "4294967295 bytes where "));
    rows.add(
        malformed("BINUNICODE8, length -1", "\u008d" + negative, "18446744073709551615 bytes"));
    rows.add(malformed("BINBYTES, length -1", "B" + negative, "4294967295 bytes where "));
    rows.add(malformed("BINBYTES8, length -1", "\u008e" + negative, "18446744073709551615 bytes"));
    rows.add(malformed("BYTEARRAY8, length -1", "\u0096" + negative, "18446744073709551615 bytes"));
    rows.add(malformed("BINBYTES8, 2^40", "\u008e\0\0\0\0\0\1\0\0", "1099511627776 bytes where "));

    rows.add(malformed("recalls the unknown", "g123456789\n", "recalls value 123456789"));
    rows.add(malformed("recalls 2^31", "j\0\0\0\u0080", "recalls value 2147483648"));
    rows.add(
        malformed("remembers -1, recalls 2^32 - 1", "Np-1\nj\u00ff\u00ff\u00ff\u00ff", "recalls"));
    rows.add(malformed("memo of no number", "Npx\n", "no number"));
    rows.add(malformed("memo beyond 64 bits", "Np18446744073709551616\n", "no number"));
    rows.add(malformed("remembers nothing", "(q\1", "finds no value"));
    rows.add(malformed("pops too much", "00000000", "finds no value"));
    rows.add(malformed("pops to no mark", "t", "finds no value"));
    rows.add(malformed("appends to a dictionary", "}Na", "something that is no list"));
    rows.add(malformed("members of a list", "]NNs", "something that is no dictionary"));
    rows.add(malformed("odd members", "}(NNNu", "something that is no dictionary"));
    rows.add(row("a million lists", "]".repeat(1 << 20), Kind.UNSUPPORTED, "more than 1048576 v"));
    rows.add(row("a million marks", "(".repeat(1 << 20), Kind.UNSUPPORTED, "more than 1048576 v"));
    rows.add(
        row("deep tuples", "N" + "\u0085".repeat(1 << 20), Kind.UNSUPPORTED, "1048576 values"));
    rows.add(
        row(
            "one list as many dictionaries",
            "]("
                + "(NNt".repeat(5000)
                + "ep7\n"
                + "(ccollections\nOrderedDict\n(g7\ntR0".repeat(300),
            Kind.UNSUPPORTED,
            "more than 1048576 pairs"));
    return rows.stream();
  }

  private static Arguments row(String what, String instructions, Kind kind, String message) {
    return arguments(what, instructions, kind, message);
  }

  private static Arguments malformed(String what, String instructions, String message) {
    return row(what, instructions, Kind.MALFORMED, message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void isRefusedWithFileAndPlaceAndName(
      String what, String instructions, Kind kind, String message) {
    for (DetectorCase form : FORMS) {
      // The value is dropped again, so that what is left are the weights of a detector that works.
      byte[] content = infected(form, instructions + "0.");
      Path file = write(content);
      Runnable opening =
          () ->
              assertThatExceptionOfType(ModelException.class)
                  .isThrownBy(() -> open(form, file))
                  .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                  .withMessageStartingWith(file + ": ")
                  .withMessageContaining(message)
                  .satisfies(
                      e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\n"))
                  .satisfies(
                      e ->
                          assertThat(kind == Kind.UNSUPPORTED || e.getMessage().contains("byte "))
                              .as("the place in: %s", e.getMessage())
                              .isTrue());
      opening.run(); // loads classes
      assertThat(Mutants.allocated(opening)).isLessThan((8 << 20) + 200L * content.length);
      assertThat(folder.resolve("hit")).doesNotExist();
    }
    assertThat(Path.of("hit")).doesNotExist();
  }

  /** What is odd and no harm: the detector opens, and nothing large is made. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Nr\0\0\0\u00800j\0\0\0\u0080", // a memo id of 2^31
        "Np9223372036854775807\n",
        "]p9\ng9\na", // a list in itself
        "}p9\ng9\ng9\ns", // a dictionary in itself, as key and value
        "(]p9\ntp8\n0g9\ng8\na", // a tuple that holds a list that holds the tuple
        "\u008a\u00ff" + "LONG1 of 255 bytes",
        "\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007fN", // a frame longer than the file
        "L1234567890123456789012345678901234567890L\n",
        "F1e999999999\n",
        "(cnumpy\nndarray\nt", // a name that nobody calls
        "cnumpy.core.multiarray\nscalar\n(S'f4'\nS'abcd'\ntR",
        "cnumpy\ndtype\n(S'O8'\ntR",
        "cnumpy\ndtype\n(S'f3'\ntR",
        "cnumpy\ndtype\n(S'<'\ntR",
        "cnumpy\ndtype\n(S''\ntR",
        "cnumpy\ndtype\n(]tR",
      })
  void isPassedOver(String instructions) {
    String padded =
        instructions.startsWith("\u008a") ? instructions + "\1".repeat(255 - 18) : instructions;
    for (DetectorCase form : FORMS) {
      byte[] content = infected(form, padded + "0.");
      open(form, write(content));
    }
  }

  /** Lists of ten times the same list, ten levels deep: 10^10 values, were they looked at. */
  @Test
  void nestingThatMultipliesIsNotFollowed() {
    StringBuilder laughs = new StringBuilder("((lp100\n");
    for (int level = 1; level <= 10; level++) {
      laughs.append("(").append("g%d\n".formatted(99 + level).repeat(10));
      laughs.append("lp%d\n".formatted(100 + level));
    }
    laughs.append("1"); // The stack is what it was; the memo has the lists.
    for (DetectorCase form : FORMS) {
      Path file = write(infected(form, laughs + "S'laughs'\ng110\ns."));
      open(form, file); // loads classes
      assertThat(Mutants.allocated(() -> open(form, file))).isLessThan(32 << 20);
    }
  }

  @Test
  void noWeightsMayBeCutOff() {
    for (DetectorCase form : FORMS) {
      byte[] content = infected(form, ".");
      for (int i = 0; i < 200; i++) {
        int length = (int) (content.length * (i / 200.0));
        Path file = write(Arrays.copyOf(content, length));
        assertThatExceptionOfType(ModelException.class)
            .as("%s, %d of %d bytes", form, length, content.length)
            .isThrownBy(() -> open(form, file))
            .withMessageStartingWith(file + ": ");
      }
    }
  }

  /**
   * The type of all weights is that of the first one; these hold no numbers that can be weights.
   */
  @ParameterizedTest
  @ValueSource(strings = {"O8", "f3", "V4", "S4", "U1", "M8", "m8", "c8", "__", "\0\0", "><"})
  void weightsOfNoNumbersAreMissing(String code) {
    DetectorCase form = FORMS.getFirst();
    String weights = new String(infected(form, "."), ISO_8859_1);
    assertThat(weights).containsOnlyOnce("U\2f4");
    Path file = write(latin(weights.replace("U\2f4", "U\2" + code)));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(form, file))
        .withMessageStartingWith(file + ": expected a dictionary of tensors")
        .withMessageContaining("without tensors");
  }

  /** The numbers are those of the file in the other order: none is finite and small any more. */
  @Test
  void weightsOfAnotherByteOrderAreReadInIt() {
    DetectorCase form = FORMS.getFirst();
    String weights = new String(infected(form, "."), ISO_8859_1);
    assertThat(weights).containsOnlyOnce("U\1<");
    open(form, write(latin(weights.replace("U\1<", "U\1>"))));
    Path file = write(latin(weights.replace("U\1<", "U\1@")));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(form, file))
        .withMessageContaining("numpy.dtype is not given what it needs");
  }

  /** One array under the names of two tensors: any number of blocks could be made of it. */
  @Test
  void noArrayServesTwice() {
    DetectorCase form = FORMS.getLast();
    String first = "backbone.res2.1.conv1.weight";
    String second = "backbone.res2.2.conv1.weight";
    List<Long> shape = new ArrayList<>();
    form.weights(folder, tensors -> Arrays.stream(tensors.get(first).shape()).forEach(shape::add));
    String sizes = shape.stream().map("I%d\n"::formatted).collect(Collectors.joining("", "(", "t"));
    int bytes = Math.toIntExact(4 * shape.stream().reduce(1L, (a, b) -> a * b));
    String array = array(sizes, "f4", "I00", "S'" + "0".repeat(bytes) + "'");
    // The second value that the pickle remembers is the dictionary of the tensors.
    String twice = "h\2(S'%s'\n%sp7777\nS'%s'\ng7777\nu0.".formatted(first, array, second);
    String apart = "h\2(S'%s'\n%sS'%s'\n%su0.".formatted(first, array, second, array);
    open(form, write(infected(form, apart))); // as biases of nothing but zeros
    Path file = write(infected(form, twice));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(form, file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(
            "1 of another shape or kind: "
                + second
                + " expected numbers of its own, found those of another tensor");
  }
}
