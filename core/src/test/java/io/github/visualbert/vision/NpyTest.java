package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  private static byte[] npy(int version, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        new byte[] {
          (byte) 0x93,
          'N',
          'U',
          'M',
          'P',
          'Y',
          (byte) version,
          0,
          (byte) text.length,
          (byte) (text.length >> 8)
        });
    if (version > 1) {
      out.writeBytes(new byte[2]);
    }
    out.writeBytes(text);
    out.writeBytes(data);
    return out.toByteArray();
  }

  private static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }          \n"
        .formatted(descr, fortran ? "True" : "False", shape);
  }

  /** The numbers 0.25, 1.25, 2.25, ... */
  private static byte[] numbers(String descr, int count) {
    ByteBuffer data =
        ByteBuffer.allocate(8 * count)
            .order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (descr.substring(1)) {
        case "f2" -> data.putShort(Float.floatToFloat16(i + 0.25f));
        case "f4" -> data.putFloat(i + 0.25f);
        default -> data.putDouble(i + 0.25);
      }
    }
    return Arrays.copyOf(data.array(), data.position());
  }

  private static VisualFeatures features(byte[] file) {
    return NpyFeatureFile.parse(file, "a.npy");
  }

  private static void refused(byte[] file, Kind kind, String message) {
    assertThatThrownBy(() -> features(file))
        .isInstanceOfSatisfying(InputException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith("a.npy: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"1, <f4", "2, <f4", "3, <f4", "1, <f2", "1, <f8", "1, >f2", "1, >f4", "1, >f8"})
  void everyVersionAndTypeIsRead(int version, String descr) {
    VisualFeatures found =
        features(npy(version, header(descr, false, "(2, 3)"), numbers(descr, 6)));
    assertThat(found.regions()).isEqualTo(2);
    assertThat(found.dim()).isEqualTo(3);
    assertThat(found.toArray()).containsExactly(0.25f, 1.25f, 2.25f, 3.25f, 4.25f, 5.25f);
    assertThat(found.get(1, 0)).isEqualTo(3.25f);
  }

  @Test
  void aBatchOfOneAndColumnsFirstAreRead() {
    assertThat(features(npy(1, header("<f4", false, "(1, 2, 3)"), numbers("<f4", 6))).regions())
        .isEqualTo(2);
    for (String shape : new String[] {"(2, 3)", "(1, 2, 3)", "(1L, 2L, 3L)"}) {
      VisualFeatures found = features(npy(1, header("<f4", true, shape), numbers("<f4", 6)));
      assertThat(found.regions()).isEqualTo(2);
      assertThat(found.toArray())
          .as(shape)
          .containsExactly(0.25f, 2.25f, 4.25f, 1.25f, 3.25f, 5.25f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"()", "(6,)", "(2, 1, 3)", "(1, 1, 2, 3)", "(2, 3, 1)"})
  void otherShapesAreRefused(String shape) {
    byte[] data = numbers("<f4", shape.equals("()") ? 1 : 6);
    refused(
        npy(1, header("<f4", false, shape), data),
        Kind.MISMATCH,
        "(1, regions, columns), found " + shape);
    refused(
        npy(1, header("<f4", true, shape), data),
        Kind.MISMATCH,
        "(1, regions, columns), found " + shape);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(0, 3)", "(3, 0)", "(1, 0, 2048)", "(0, 0)"})
  void noRegionsAreRefused(String shape) {
    refused(
        npy(1, header("<f4", false, shape), new byte[0]),
        Kind.MISMATCH,
        "at least one region, found shape " + shape);
    refused(
        npy(1, header("<f4", true, shape), new byte[0]),
        Kind.MISMATCH,
        "at least one region, found shape " + shape);
  }

  @Test
  void picklesAreRefusedAndNotLookedInto() {
    byte[] pickle = "cos\nsystem\n(S'echo owned'\ntR.".getBytes(StandardCharsets.US_ASCII);
    refused(
        npy(1, header("|O", false, "()"), pickle),
        Kind.UNSUPPORTED,
        "holds pickled Python objects, which are never loaded");
    refused(npy(1, header("O", false, "(2,)"), pickle), Kind.UNSUPPORTED, "never loaded");
    refused(
        npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", pickle),
        Kind.UNSUPPORTED,
        "records");
    refused(
        npy(1, header("<i8", false, "(1, 1)"), new byte[8]),
        Kind.UNSUPPORTED,
        "type '<i8', expected <f4, <f2 or <f8");
    refused(npy(1, header("|u1", false, "(1, 1)"), new byte[1]), Kind.UNSUPPORTED, "type '|u1'");
  }

  @Test
  void theInfoFileBesideFeaturesIsLeftAlone(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("7.npy"), npy(1, header("<f4", false, "(2, 3)"), numbers("<f4", 6)));
    Files.write(
        folder.resolve("7_info.npy"),
        npy(1, header("|O", false, "()"), new byte[] {(byte) 0x80, 3}));
    assertThat(FeatureFile.read(folder.resolve("7.npy")).regions()).isEqualTo(2);
    assertThatThrownBy(() -> FeatureFile.read(folder.resolve("7_info.npy")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a detector's _info.npy is not its features");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3)}              | negative size in"
            + " shape (-1, 3)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 3)}     | shape"
            + " (99999999999, 3), expected at most 16777216 numbers",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999)}     | expected at most"
            + " 16777216 numbers",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (5000, 5000)}         | expected at most"
            + " 16777216 numbers",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 3)} | an integer"
            + " of 64 bits",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)}               | needs 32 bytes,"
            + " found 24",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}               | needs 16 bytes,"
            + " found 24",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}                  | which makes it a"
            + " tuple",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)                | expected '}'",
        "{'descr': '<f4', 'fortran_order': False, 'shape':"
            + " (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)} | at most 32",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3 4)}             | expected ')'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}                | which makes it a"
            + " tuple",
        "{'descr': '<f4', 'fortran_order': False}                                | descr,"
            + " fortran_order and shape",
        "{'descr': '<f4', 'fortran_order': 1, 'shape': (2, 3)}                   | True or False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'a': 1}       | an entry named"
            + " descr",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3)}                       | each entry once",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x             | nothing more",
        "__import__('os')                                                        | expected '{'",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2, 3)}    | a quoted word",
      })
  void hostileHeadersAreRefused(String header, String message) {
    assertThatThrownBy(() -> features(npy(1, header.strip(), numbers("<f4", 6))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void lengthsThatLieAreRefused() {
    byte[] good = npy(2, header("<f4", false, "(2, 3)"), numbers("<f4", 6));
    byte[] lying = good.clone();
    Arrays.fill(lying, 8, 12, (byte) 0xff);
    refused(lying, Kind.MALFORMED, "the header claims 4294967295 bytes");
    byte[] otherVersion = good.clone();
    otherVersion[6] = 4;
    refused(otherVersion, Kind.UNSUPPORTED, "NumPy format 4, expected 1, 2 or 3");
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> features(cut))
          .as("%d bytes", length)
          .isInstanceOf(InputException.class);
    }
  }

  @Test
  void numbersThatAreNotFiniteAreNamed() {
    byte[] data = numbers("<f4", 6);
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(16, Float.NaN);
    refused(
        npy(1, header("<f4", false, "(2, 3)"), data),
        Kind.MALFORMED,
        "has NaN in row 1, column 1 (counted from 0)");
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(16, Float.NEGATIVE_INFINITY);
    refused(
        npy(1, header("<f4", true, "(2, 3)"), data),
        Kind.MALFORMED,
        "has -Infinity in row 0, column 2");
    byte[] wide = numbers("<f8", 1);
    ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 1e300);
    refused(
        npy(1, header("<f8", false, "(1, 1)"), wide),
        Kind.UNSUPPORTED,
        "1.0E300 is too large for a 32-bit float");
  }

  @Test
  void mutationsAreTakenOrRefused() {
    byte[] file = npy(1, header("<f4", false, "(2, 3)"), numbers("<f4", 6));
    new Mutants(List.of(file), InputException.class, 400).attack(5000, NpyTest::features);
  }
}
