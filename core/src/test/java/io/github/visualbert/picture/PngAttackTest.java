package io.github.visualbert.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PngAttackTest {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  static byte[] png(byte[]... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    for (byte[] chunk : chunks) {
      out.writeBytes(chunk);
    }
    return out.toByteArray();
  }

  static byte[] chunk(String type, byte... data) {
    byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) crc.getValue())
        .array();
  }

  private static byte[] header(int width, int height, int depth, int colour, int interlace) {
    return chunk(
        "IHDR",
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put((byte) colour)
            .put((byte) 0)
            .put((byte) 0)
            .put((byte) interlace)
            .array());
  }

  private static byte[] deflated(byte... rows) {
    Deflater deflater = new Deflater(9);
    deflater.setInput(rows);
    deflater.finish();
    byte[] out = new byte[rows.length + 100];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  private static final byte[] END = chunk("IEND");

  /** A picture of 2 x 1 gray pixels. */
  private static final byte[] GRAY = header(2, 1, 8, 0, 0);

  private static final byte[] GRAY_DATA = chunk("IDAT", deflated(new byte[] {0, 10, 20}));

  private static void refused(byte[] file, Kind kind, String message) {
    assertThatThrownBy(() -> Picture.decode(file, "a.png"))
        .isInstanceOfSatisfying(InputException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith("a.png: ")
        .hasMessageContaining(message);
  }

  @Test
  void theSmallestPictureIsRead() {
    assertThat(Picture.decode(png(GRAY, GRAY_DATA, END), "a").pixel(1, 0)).isEqualTo(0x141414);
    assertThat(
            Picture.decode(png(GRAY, chunk("tEXt", (byte) 'a'), GRAY_DATA, END, new byte[5]), "a")
                .pixel(0, 0))
        .isEqualTo(0x0a0a0a);
  }

  @Test
  void everyTruncationThatCostsPixelsIsRefused() {
    byte[] file = TestData.bytes(TestData.PICTURES.resolve("rgb-8-interlaced.png"));
    Picture whole = Picture.decode(file, "a");
    int endOfPixels = file.length - END.length - 4;
    for (int length = 8; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      if (length >= endOfPixels) {
        assertThat(Picture.decode(cut, "a").rgb()).as("%d bytes", length).isEqualTo(whole.rgb());
      } else if (length < endOfPixels - 5) { // their own checksum, and the end of their last block
        assertThatThrownBy(() -> Picture.decode(cut, "a"))
            .as("%d bytes", length)
            .isInstanceOf(InputException.class)
            .hasMessageStartingWith("a: PNG: ")
            .hasMessageContaining(
                length >= 41 ? "ends at byte %d, within its image data" : "", length);
      }
    }
  }

  @Test
  void noFlippedByteChangesThePixels() {
    byte[] file = TestData.bytes(TestData.PICTURES.resolve("palette-2.png"));
    Picture whole = Picture.decode(file, "a");
    int pixels = new String(file, StandardCharsets.ISO_8859_1).indexOf("IDAT") - 4;
    for (int i = 0; i < file.length; i++) {
      byte[] flipped = file.clone();
      flipped[i] ^= 0x41;
      try {
        assertThat(Picture.decode(flipped, "a").rgb()).as("byte %d", i).isEqualTo(whole.rgb());
        assertThat(i).as("what is before the pixels has checksums").isGreaterThanOrEqualTo(pixels);
      } catch (InputException e) {
        assertThat(i).as("what is after the pixels").isLessThan(file.length - END.length);
      }
    }
  }

  @Test
  void aWrongChecksumIsNamed() {
    byte[] file = png(GRAY, GRAY_DATA, END);
    file[30] ^= 1;
    refused(file, Kind.MALFORMED, "IHDR chunk at byte 8 has checksum");
  }

  @Test
  void chunksOutOfOrderAreRefused() {
    byte[] text = chunk("tEXt", (byte) 'a');
    refused(png(GRAY_DATA, END), Kind.MALFORMED, "expected an IHDR chunk before the image data");
    refused(png(text, GRAY_DATA, END), Kind.MALFORMED, "expected an IHDR chunk");
    refused(png(GRAY, END), Kind.MALFORMED, "no IDAT chunk");
    refused(png(GRAY, text), Kind.MALFORMED, "before its image data");
    refused(
        png(GRAY, chunk("A\nCD"), GRAY_DATA, END), Kind.MALFORMED, "expected the name of a chunk");
    refused(
        png(header(2, 1, 8, 3, 0), chunk("PLTE", new byte[3 * 257]), GRAY_DATA, END),
        Kind.MALFORMED,
        "found 771 bytes");
    byte[] start = Arrays.copyOf(deflated(new byte[] {0, 10, 20}), 5);
    byte[] rest = Arrays.copyOfRange(deflated(new byte[] {0, 10, 20}), 5, 11);
    refused(
        png(GRAY, chunk("IDAT", start), text, chunk("IDAT", rest), END),
        Kind.MALFORMED,
        "end before the last row");
  }

  @Test
  void headersThatPngDoesNotHaveAreRefused() {
    refused(
        png(header(2, 1, 3, 0, 0), GRAY_DATA, END), Kind.MALFORMED, "colour type 0 with 3 bits");
    refused(
        png(header(2, 1, 4, 2, 0), GRAY_DATA, END), Kind.MALFORMED, "colour type 2 with 4 bits");
    refused(
        png(header(2, 1, 16, 3, 0), GRAY_DATA, END), Kind.MALFORMED, "colour type 3 with 16 bits");
    refused(png(header(2, 1, 8, 5, 0), GRAY_DATA, END), Kind.MALFORMED, "colour type 5");
    byte[] filtered = GRAY.clone();
    filtered[8 + 11] = 1;
    refused(repaired(png(filtered, GRAY_DATA, END)), Kind.UNSUPPORTED, "filter method 0, found 1");
    refused(png(header(0, 1, 8, 0, 0), GRAY_DATA, END), Kind.MALFORMED, "found 0 x 1");
    refused(png(header(-2, 1, 8, 0, 0), GRAY_DATA, END), Kind.TOO_LARGE, "4294967294 x 1 pixels");
    refused(png(chunk("IHDR", new byte[12]), GRAY_DATA, END), Kind.MALFORMED, "found 12");
  }

  @Test
  void imageDataThatDoNotFitAreRefused() {
    refused(
        png(GRAY, chunk("IDAT", deflated(new byte[] {0, 10})), END),
        Kind.MALFORMED,
        "end before the last row");
    refused(
        png(GRAY, chunk("IDAT", deflated(new byte[] {5, 10, 20})), END),
        Kind.MALFORMED,
        "row filter of 0 to 4, found 5");
    refused(
        png(GRAY, chunk("IDAT", new byte[] {1, 2, 3, 4}), END),
        Kind.MALFORMED,
        "cannot be decompressed");
    refused(
        png(GRAY, chunk("IDAT", new byte[] {0x78, (byte) 0xbb, 0, 0, 0, 1}), END),
        Kind.MALFORMED,
        "image data");
    byte[] lying = png(GRAY, chunk("tEXt"), GRAY_DATA, END);
    ByteBuffer.wrap(lying).putInt(33, 0x7fffffff);
    refused(lying, Kind.MALFORMED, "chunk at byte 33 claims 2147483647 bytes");
    ByteBuffer.wrap(lying).putInt(33, -1);
    refused(lying, Kind.MALFORMED, "claims 4294967295 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void claimedSizesAreRefusedBeforeRoomIsMade(int depth) {
    byte[] data = GRAY_DATA;
    byte[] beyondLimit = png(header(65535, 65535, depth, 0, 0), data, END);
    byte[] tooLong = png(header(70000, 1, depth, 0, 0), data, END);
    byte[] unfilled = png(header(8000, 8000, depth, 0, 0), data, END);
    refused(beyondLimit, Kind.TOO_LARGE, "65535 x 65535 pixels, expected at most");
    refused(tooLong, Kind.TOO_LARGE, "70000 x 1 pixels, expected at most");
    refused(
        unfilled, Kind.MALFORMED, "claims 8000 x 8000 pixels, but its data are enough for at most");
  }

  @Test
  void mutationsAreTakenOrRefused() {
    for (String name :
        new String[] {
          "rgb-8",
          "palette-4-interlaced",
          "gray-16",
          "rgb-alpha-16-interlaced",
          "rgb-8-many-chunks",
          "orientation/6"
        }) {
      byte[] file = TestData.bytes(TestData.PICTURES.resolve(name + ".png"));
      assertThatCode(() -> Picture.decode(repaired(file), name)).doesNotThrowAnyException();
      new Mutants(List.of(file), InputException.class, 400)
          .constant(PIXELS)
          .repaired(PngAttackTest::repaired)
          .attack(1000, bytes -> Picture.decode(bytes, name).upright());
    }
  }

  /** What pictures of the most pixels take: three bytes each, and rows. */
  private static final long PIXELS = 4L << 26;

  /** What no mutation of a compressed file reaches: rows of any bytes, for every kind of header. */
  @Test
  void rowsOfAnyBytesAreTakenOrRefused() {
    int taken = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      int colour = new int[] {0, 2, 3, 4, 6}[random.nextInt(5)];
      int depth = 1 << random.nextInt(5);
      boolean tame = random.nextInt(4) > 0; // long enough, and of filters that exist
      byte[] rows = new byte[tame ? 4000 : random.nextInt(4000)];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (byte) random.nextInt(tame ? 5 : 256);
      }
      byte[] palette = new byte[3 * (1 + random.nextInt(depth == 8 ? 256 : 16))];
      byte[] file =
          png(
              header(
                  1 + random.nextInt(20), 1 + random.nextInt(20), depth, colour, random.nextInt(2)),
              chunk("PLTE", palette),
              chunk("IDAT", deflated(rows)),
              END);
      try {
        Picture.decode(file, "a");
        taken++;
      } catch (InputException e) {
        assertThat(e.getMessage()).startsWith("a: ").doesNotContain("\n");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(taken).isBetween(300, 2700);
  }

  /** Puts the checksum of every chunk right, as far as the chunks can still be told apart. */
  private static byte[] repaired(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int at = 8;
    while (at + 12 <= file.length) {
      int length = bytes.getInt(at);
      if (length < 0 || length > file.length - at - 12) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(file, at + 4, length + 4);
      bytes.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
    return file;
  }
}
