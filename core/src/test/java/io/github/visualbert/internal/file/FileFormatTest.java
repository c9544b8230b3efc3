package io.github.visualbert.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileFormatTest {
  private static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] zip(String name) {
    return bytes("PK\3\4" + "\0".repeat(22) + (char) name.length() + "\0\0\0" + name + "\200\2}");
  }

  /** The first bytes as Java writes them in a literal. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          version https://git-lfs.github.com/spec/v1\\noid sha256:4d7a | GIT_LFS_POINTER
          version https://hawser.github.com/spec/v1\\n                 | GIT_LFS_POINTER
          \\211PNG\\r\\n\\032\\n\\0\\0\\0\\rIHDR                      | PNG
          \\377\\330\\377\\340\\0\\020JFIF                            | JPEG
          \\377\\376a\\0\\t\\0                                | UTF_16
          \\376\\377\\0a\\0\\t                                | UTF_16
          GIF89a\\001\\0\\001\\0                                      | GIF
          BM\\212\\020\\0\\0\\0\\0\\0\\0\\212\\0\\0\\0                | BMP
          RIFF\\064\\001\\0\\0WEBPVP8                                 | WEBP
          II*\\0\\010\\0\\0\\0                                        | TIFF
          MM\\0*\\0\\0\\0\\010                                        | TIFF
          II+\\0\\010\\0\\0\\0                                        | TIFF
          \\0\\0\\0 ftypavif                                          | AVIF
          \\0\\0\\0 ftypheic                                          | HEIC
          \\0\\0\\0 ftypmif1                                          | HEIC
          \\0\\0\\0\\fjP\\040\\040\\r\\n\\207\\n                      | JPEG_2000
          \\377O\\377Q\\0/                                            | JPEG_2000
          \\0\\0\\0\\fJXL\\040\\r\\n\\207\\n                          | JPEG_XL
          \\377\\n\\372\\177                                          | JPEG_XL
          8BPS\\0\\001                                                | PHOTOSHOP
          \\0\\0\\001\\0\\001\\0                                      | ICON
          P6\\n4 5\\n255\\n                                           | NETPBM
          <svg xmlns="http://www.w3.org/2000/svg">                    | SVG
          <?xml version="1.0"?>\\n<!-- a comment -->\\n<svg width="1" | SVG
          \\0\\0\\0 ftypisom                                          | MP4
          %PDF-1.7                                                    | PDF
          \\223NUMPY\\001\\0v\\0                                      | NUMPY
          \\200\\002\\212\\nl\\374\\234F\\371 j\\250P\\031.\\200\\002 | PYTORCH
          X\\001\\0\\0\\0\\0\\0\\0{"__metadata__":{                   | SAFETENSORS
          \\211HDF\\r\\n\\032\\n\\0                                   | HDF5
          \\b\\b\\022\\007pytorch\\032\\0051.9.0                      | ONNX
          \\b\\007:\\300\\0                                           | ONNX
          GGUF\\003\\0\\0\\0                                          | GGUF
          \\200\\004\\225\\0\\0\\0                                    | PICKLE
          ARROW1\\0\\0                                                | ARROW
          FEA1\\0\\0\\0\\0                                            | FEATHER_1
          PAR1\\025\\004                                              | PARQUET
          PK\\003\\004                                                | ZIP
          PK\\005\\006\\0\\0\\0\\0                                    | ZIP
          \\037\\213\\b\\0                                            | GZIP
          (\\265/\\375                                                | ZSTANDARD
          BZh91AY&SY                                                  | BZIP2
          \\3757zXZ\\0                                                | XZ
          7z\\274\\257\\047\\034                                      | SEVEN_ZIP
          <!DOCTYPE html>\\n<html lang="en">                          | HTML
          \\n\\357\\273\\277                                          | TEXT
          \\357\\273\\277 <HTML><svg>                                 | HTML
          <?xml version="1.0"?><html xmlns="                          | HTML
          <?xml version="1.0"?><annotation>                           | XML
          {"id": 1}                                                   | JSON
          \\r\\n\\t[1, 2]                                             | JSON
          Entry not found                                             | TEXT
          <3                                                          | TEXT
          BMW, GGU                                                    | TEXT
          \\r\\n                                                      | UNKNOWN
          \\001\\002\\003                                             | UNKNOWN
          caf\\351 noir                                              | UNKNOWN
          \\b\\007\\022\\377pytorch                                   | UNKNOWN
          """)
  void firstBytesTellTheFormat(String literal, FileFormat format) {
    assertThat(FileFormat.of(bytes(literal.translateEscapes()))).isEqualTo(format);
  }

  @Test
  void archivesAreToldApartByTheirFirstEntry() {
    assertThat(FileFormat.of(zip("archive/data.pkl"))).isEqualTo(FileFormat.PYTORCH);
    assertThat(FileFormat.of(zip("box_features.npy"))).isEqualTo(FileFormat.NPZ);
    assertThat(FileFormat.of(zip("word/document.xml"))).isEqualTo(FileFormat.ZIP);
    byte[] cut = Arrays.copyOf(zip("archive/data.pkl"), 40);
    assertThat(FileFormat.of(cut)).isEqualTo(FileFormat.ZIP);
  }

  @Test
  void aTarArchiveIsToldByItsSecondHalf() {
    assertThat(FileFormat.of(bytes("a".repeat(257) + "ustar"))).isEqualTo(FileFormat.TAR);
  }

  @Test
  void aTextIsCutAnywhere() {
    byte[] text = "ü".repeat(1000).getBytes(StandardCharsets.UTF_8);
    assertThat(FileFormat.of(Arrays.copyOf(text, 101))).isEqualTo(FileFormat.TEXT);
    assertThat(FileFormat.of(text)).isEqualTo(FileFormat.TEXT);
  }

  @Test
  void descriptionsFollowFound() {
    assertThat(FileFormat.describe(new byte[0])).isEqualTo("an empty file");
    assertThat(FileFormat.describe(bytes("version https://git-lfs.github.com/spec/v1\noid")))
        .isEqualTo("a Git LFS pointer; run `git lfs pull`");
    assertThat(FileFormat.describe(bytes("\nEntry not found\nsecond line")))
        .isEqualTo("a text that starts with \"Entry not found\"");
    assertThat(
            FileFormat.describe(("a\tb\u202e" + "x".repeat(50)).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("a text that starts with \"a?b?" + "x".repeat(36) + "…\"");
    assertThat(FileFormat.describe(bytes("\1\2\377")))
        .isEqualTo("a file that starts with the bytes 01 02 ff");
  }

  @Test
  void anyBytesHaveADescriptionOfOneLine() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] head = new byte[random.nextInt(64)];
      random.nextBytes(head);
      if (random.nextBoolean()) { // more of them texts
        for (int j = 0; j < head.length; j++) {
          head[j] &= 0x7f;
        }
      }
      String start = new String[] {"", "PK\3\4", "\b\7\22", "{", "\357\273\277"}[i % 5];
      byte[] file = bytes(start + new String(head, StandardCharsets.ISO_8859_1));
      assertThat(FileFormat.describe(file)).isNotBlank().doesNotContainPattern("[\\p{Cntrl}]");
    }
  }

  @Test
  void picturesAreThoseThatCouldBeConverted() {
    assertThat(Arrays.stream(FileFormat.values()).filter(FileFormat::isPicture))
        .startsWith(FileFormat.PNG)
        .endsWith(FileFormat.SVG)
        .hasSize(14);
  }
}
