package io.github.visualbert.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureTest {
  /** Reads the binary portable pixmaps beside the test pictures: what Pillow made of them. */
  static Picture pixmap(Path file) {
    byte[] bytes = TestData.bytes(file);
    String[] header =
        new String(bytes, 0, Math.min(20, bytes.length), StandardCharsets.ISO_8859_1)
            .split("\\s", 5);
    int start =
        header[0].length() + header[1].length() + header[2].length() + header[3].length() + 4;
    return new Picture(
        file.toString(),
        Integer.parseInt(header[1]),
        Integer.parseInt(header[2]),
        Arrays.copyOfRange(bytes, start, bytes.length));
  }

  /** Returns how many bytes differ and by how much at most, or null when none does. */
  private static String difference(Path file) {
    String name = file.getFileName().toString();
    Picture expected =
        pixmap(file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".ppm"));
    Picture found = Picture.read(file);
    if (found.width() != expected.width() || found.height() != expected.height()) {
      return "%s: %d x %d, expected %d x %d"
          .formatted(name, found.width(), found.height(), expected.width(), expected.height());
    }
    int different = 0;
    int most = 0;
    for (int i = 0; i < expected.rgb().length; i++) {
      int by = Math.abs((expected.rgb()[i] & 0xff) - (found.rgb()[i] & 0xff));
      different += by > 0 ? 1 : 0;
      most = Math.max(most, by);
    }
    return different == 0
        ? null
        : "%s: %d bytes differ, by up to %d".formatted(name, different, most);
  }

  @ParameterizedTest
  @CsvSource({".png, 30", ".jpg, 10"})
  void everyKindOfFileGivesPillowsBytes(String ending, int least) {
    List<Path> files = TestData.files(TestData.PICTURES, name -> name.endsWith(ending));
    assertThat(files).hasSizeGreaterThan(least);
    assertThat(files.stream().map(PictureTest::difference).filter(Objects::nonNull)).isEmpty();
  }

  /** The table says what Pillow made of each file, or that it refused it. */
  @Test
  void damagedFilesAreReadAsPillowReadsThem() throws IOException {
    Path folder = TestData.PICTURES.resolve("damaged");
    List<String> expected = Files.readAllLines(folder.resolve("expected.tsv"));
    List<String> found = new ArrayList<>();
    for (String line : expected) {
      String name = line.substring(0, line.indexOf('\t'));
      try {
        Picture picture = Picture.read(folder.resolve(name));
        CRC32 crc = new CRC32();
        crc.update(picture.rgb());
        found.add(
            "%s\t%d\t%d\t%08x".formatted(name, picture.width(), picture.height(), crc.getValue()));
      } catch (InputException e) {
        found.add(name + "\trefused");
      }
    }
    assertThat(expected).hasSizeGreaterThan(80);
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void pixelsAreRedGreenBlue() {
    Picture picture = new Picture("two", 2, 1, new byte[] {1, 2, 3, (byte) 255, 0, (byte) 128});
    assertThat(picture.pixel(0, 0)).isEqualTo(0x010203);
    assertThat(picture.pixel(1, 0)).isEqualTo(0xff0080);
    assertThatThrownBy(() -> picture.pixel(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void filesThatAreNoPictureAreNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> Picture.read(folder.resolve("none.png")))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREADABLE))
        .hasMessageEndingWith("none.png: expected a picture, found no such file");
    assertThatThrownBy(() -> Picture.read(folder))
        .hasMessageContaining("expected a picture, found a folder");
    Path large = TestData.sparse(folder.resolve("large.png"), 3L << 30);
    assertThatThrownBy(() -> Picture.read(large))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessage(large + ": expected a picture of at most 268435456 bytes, found 3221225472");
    assertThatThrownBy(() -> Picture.decode(new byte[0], "x"))
        .hasMessageContaining("found an empty file");
    assertThatThrownBy(() -> Picture.decode("GIF89a".getBytes(StandardCharsets.US_ASCII), "x"))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessage(
            "x: expected a PNG or JPEG picture, found a GIF picture; convert it to PNG or JPEG");
    assertThatThrownBy(() -> Picture.read(TestData.DEMO_FEATURES.resolve("scene-1.npy")))
        .hasMessageContaining("found a NumPy array; give region features as features");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | a Git LFS pointer; run `git lfs pull`",
        "<!DOCTYPE html> | an HTML page; download the file itself",
        "<svg xmlns= | an SVG picture; convert it to PNG or JPEG",
        "%PDF-1.7 | a PDF",
        "Entry not found | a text that starts with \"Entry not found\""
      })
  void whatWasDownloadedInsteadIsNamed(String content, String found) {
    assertThatThrownBy(() -> Picture.decode(content.getBytes(StandardCharsets.US_ASCII), "x"))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessage("x: expected a PNG or JPEG picture, found " + found);
  }
}
