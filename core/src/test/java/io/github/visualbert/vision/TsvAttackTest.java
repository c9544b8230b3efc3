package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsvAttackTest {
  private static final String TWO_BOXES = Base64.getEncoder().encodeToString(new byte[2 * 16]);
  private static final String SIX_NUMBERS = Base64.getEncoder().encodeToString(new byte[2 * 12]);

  private Path file;

  @BeforeEach
  void place(@TempDir Path folder) {
    file = folder.resolve("a.tsv");
  }

  private VisualFeatures read(String text) {
    return read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private VisualFeatures read(byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return FeatureFile.read(file);
  }

  private static String line(
      String width, String height, String boxCount, String boxes, String features) {
    return String.join("\t", "7", width, height, boxCount, boxes, features) + "\n";
  }

  @Test
  void theSmallestTableIsRead() {
    VisualFeatures found = read(line("640", "480.0", "2", TWO_BOXES, SIX_NUMBERS));
    assertThat(found.regions()).isEqualTo(2);
    assertThat(found.dim()).isEqualTo(3);
    assertThat(read("\r\n\n" + line("1", "1", "2", TWO_BOXES, SIX_NUMBERS).stripTrailing()).dim())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 480, 2, num, num, 'image_w is 0, expected a positive number of pixels'",
    "640, -3, 2, num, num, image_h is -3",
    "640, NaN, 2, num, num, image_h is NaN",
    "640, x, 2, num, num, image_h is x",
    "640, 480, 0, num, num, 'num_boxes is 0, expected an integer of at least 1'",
    "640, 480, -1, num, num, num_boxes is -1",
    "640, 480, 2.0, num, num, num_boxes is 2.0",
    "640, 480, 99999999999, num, num, num_boxes is 99999999999",
    "640, 480, 123456789012345678901234567890123, num, num, 'num_boxes has 33 bytes, expected a"
        + " number'",
    "640, 480, 3, num, num, 'num_boxes is 3, but boxes holds 8 numbers'",
    "640, 480, 1, num, num, 'num_boxes is 1, but boxes holds 8 numbers'",
    "640, 480, 2, num, AAAAAA==, 'num_boxes is 2, but features holds 1 numbers'",
    "640, 480, 2, num, '', 'expected at least one region, found shape (2, 0)'",
    "640, 480, 2, num, AAAAAAA=, 'features holds 5 bytes, expected at most 16777216 floats of 4'",
    "640, 480, 2, num, 'AA AAAAA', features is not base64",
    "640, 480, 2, A, num, boxes is not base64",
    "640, 480, 2, '', num, but boxes holds 0 numbers",
    "640, 480, 2, num, 'b''AAAAAA==''', features is not base64",
  })
  void linesThatContradictThemselvesAreNamed(
      String width, String height, String boxCount, String boxes, String features, String message) {
    assertThatThrownBy(
            () ->
                read(
                    line(
                        width,
                        height,
                        boxCount,
                        boxes.replace("num", TWO_BOXES),
                        features.replace("num", SIX_NUMBERS))))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + "[7], line 1: ")
        .hasMessageContaining(message);
  }

  @Test
  void numbersThatAreNotFiniteAreNamed() {
    byte[] numbers = new byte[24];
    numbers[14] = (byte) 0x80; // the fourth, little-endian
    numbers[15] = 0x7f;
    String infinite = Base64.getEncoder().encodeToString(numbers);
    assertThatThrownBy(() -> read(line("640", "480", "2", TWO_BOXES, infinite)))
        .hasMessageContaining("has Infinity in row 1, column 0");
    String boxes = Base64.getEncoder().encodeToString(Arrays.copyOf(numbers, 32));
    assertThatThrownBy(() -> read(line("640", "480", "2", boxes, SIX_NUMBERS)))
        .hasMessageContaining("box 0 is not made of finite numbers");
  }

  @Test
  void columnsAreCounted() {
    String good = line("640", "480", "2", TWO_BOXES, SIX_NUMBERS);
    assertThatThrownBy(() -> read("1\t2\t3\t4\n"))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
        .hasMessageStartingWith(file + ", line 1: expected 6 columns (image_id,")
        .hasMessageEndingWith("found 4");
    assertThatThrownBy(() -> read(good + good.replace("\t480", "")))
        .hasMessage(file + ", line 2: expected 6 columns, found 5");
    assertThatThrownBy(() -> read("image_id\timage_w\timage_h\tboxes\tfeatures\n" + good))
        .hasMessageContaining("found the names image_id?image_w?image_h?boxes?features");
    assertThatThrownBy(
            () -> read("img_id\timage_id\timage_w\timage_h\tboxes\tnum_boxes\tfeatures\n" + good))
        .hasMessageContaining("found the names");
    assertThatThrownBy(() -> read("x".repeat(2000) + good))
        .hasMessageContaining("a name of at most 1024");
    assertThatThrownBy(() -> read(good + "x".repeat(2000) + good))
        .hasMessage(file + ", line 2: expected a name of at most 1024 bytes");
    assertThatThrownBy(() -> read("image_id\timage_w\timage_h\tnum_boxes\tboxes\tfeatures\n"))
        .hasMessageContaining("found nothing");
  }

  @Test
  void aRepeatedPictureIsTheFirst() {
    String first = line("640", "480", "2", TWO_BOXES, SIX_NUMBERS);
    String second = line("640", "480", "1", TWO_BOXES.substring(0, 20) + "AA==", SIX_NUMBERS);
    assertThatThrownBy(() -> read(first + second)).hasMessageContaining("found 7, 7");
    assertThat(FeatureFile.read(file, "7").regions()).isEqualTo(2);
    assertThat(FeatureFile.read(file, "#1").regions()).isEqualTo(1);
  }

  @Test
  void linesOverChunkBoundariesAreRead() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) { // 1.6 MB, the chunks having 64 KiB
      byte[] features = new byte[2 * 4 * (3000 + 100 * i)];
      features[0] = (byte) i;
      String encoded = Base64.getEncoder().encodeToString(features);
      lines.add(String.join("\t", "picture-" + i, "640", "480", "2", TWO_BOXES, encoded));
    }
    Files.write(file, lines);
    try (FeatureFile open = FeatureFile.open(file)) {
      for (int i : new int[] {39, 0, 17, 38}) {
        VisualFeatures found = open.read("picture-" + i);
        assertThat(found.dim()).isEqualTo(3000 + 100 * i);
        assertThat(Float.floatToRawIntBits(found.get(0, 0))).isEqualTo(i);
      }
      assertThat(open.names()).hasSize(40);
    }
  }

  @Test
  void aFileThatShrinksIsNamed() throws IOException {
    Files.copy(TestData.FEATURES.resolve("bottom-up.tsv"), file);
    try (FeatureFile open = FeatureFile.open(file)) {
      assertThat(open.names()).hasSize(3);
      Files.write(file, new byte[20]);
      assertThatThrownBy(() -> open.read("third"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("cut short");
    }
  }

  @Test
  void mutationsAreTakenOrRefused() {
    for (String name : new String[] {"bottom-up.tsv", "lxmert.tsv", "named-columns.tsv"}) {
      byte[] bytes = TestData.bytes(TestData.FEATURES.resolve(name));
      new Mutants(List.of(bytes), InputException.class, 400)
          .attack(300, file, TsvAttackTest::readAll);
    }
  }

  private static void readAll(Path file) {
    try (FeatureFile open = FeatureFile.open(file)) {
      for (int i = 0; i < open.names().size(); i++) {
        open.read("#" + i);
      }
    }
  }
}
