package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzAttackTest {
  private Path file;

  @BeforeEach
  void place(@TempDir Path folder) {
    file = folder.resolve("a.npz");
  }

  private void readAll(byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (FeatureFile open = FeatureFile.open(file)) {
      open.names().stream()
          .filter(name -> !name.equals("max_conf"))
          .forEach(open::read); // which is no matrix
      open.read();
    }
  }

  private static byte[] zip(String... namesAndSizes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] npy = TestData.bytes(TestData.FEATURES.resolve("float32.npy"));
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : namesAndSizes) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(npy);
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  @Test
  void otherEntriesAreLeftAlone() throws IOException {
    readAll(zip("../../evil", "README", "x.npy"));
    assertThat(file.getParent()).isDirectoryNotContaining(found -> !found.equals(file));
    assertThatThrownBy(() -> readAll(zip("README")))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessageEndingWith("found a zip without NumPy arrays");
  }

  @Test
  void aNameTwiceIsRefused() throws IOException {
    byte[] bytes = zip("ab.npy", "ac.npy");
    byte[] twice =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .replace("ac.npy", "ab.npy")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> readAll(twice))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void namesCannotBreakAMessage() throws IOException {
    byte[] bytes = zip("a\nb\u001b[31m.npy", "c.npy");
    assertThatThrownBy(() -> readAll(Arrays.copyOf(bytes, bytes.length)))
        .message()
        .doesNotContain("\n", "\u001b")
        .contains("a?b?[31m");
  }

  @Test
  void aBombStopsAtTheLimit() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      for (int i = 0; i < 130; i++) { // 130 MiB from 130 KiB
        zip.write(zeros);
      }
      zip.closeEntry();
    }
    assertThatThrownBy(() -> readAll(out.toByteArray()))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessageContaining("a.npz[x]: expected at most");
  }

  @ParameterizedTest
  @ValueSource(strings = {"authors.npz", "authors-deflated.npz"})
  void everyTruncationIsRefused(String name) {
    byte[] bytes = TestData.bytes(TestData.FEATURES.resolve(name));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> readAll(cut))
          .as("%d bytes", length)
          .isInstanceOf(InputException.class);
    }
  }

  @Test
  void aWrongChecksumIsNamed() {
    byte[] bytes = TestData.bytes(TestData.FEATURES.resolve("authors.npz"));
    int numbers = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("}") + 60;
    bytes[numbers] ^= 1;
    assertThatThrownBy(() -> readAll(bytes))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
        .hasMessageContaining("a.npz[box_features]: the zip says checksum");
  }

  @Test
  void sizesThatLieAreRefused() {
    byte[] bytes = TestData.bytes(TestData.FEATURES.resolve("authors-deflated.npz"));
    int central = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    for (int field : new int[] {20, 24}) { // compressed and uncompressed size
      for (int size : new int[] {0, 1, 40, 1 << 30, -2}) {
        byte[] lying = bytes.clone();
        ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(central + field, size);
        try {
          readAll(lying); // a reader may go by what it finds
        } catch (InputException e) {
          assertThat(e.kind()).isEqualTo(Kind.MALFORMED);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"authors.npz", "authors-deflated.npz"})
  void mutationsAreTakenOrRefused(String name) {
    byte[] bytes = TestData.bytes(TestData.FEATURES.resolve(name));
    new Mutants(List.of(bytes), InputException.class, 400).attack(500, this::readAll);
  }
}
