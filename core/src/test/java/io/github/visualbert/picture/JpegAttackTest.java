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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JpegAttackTest {
  private static final byte[] COLOUR = TestData.bytes(TestData.PICTURES.resolve("ycc-420.jpg"));
  private static final byte[] PROGRESSIVE =
      TestData.bytes(TestData.PICTURES.resolve("ycc-444-progressive.jpg"));

  private static void refused(byte[] file, Kind kind, String message) {
    assertThatThrownBy(() -> Picture.decode(file, "a.jpg"))
        .isInstanceOfSatisfying(InputException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith("a.jpg: ")
        .hasMessageContaining(message);
  }

  /** Returns the index of the first marker of a kind. */
  private static int marker(byte[] file, int kind) {
    for (int at = 2; ; at += 2 + (ByteBuffer.wrap(file).getShort(at + 2) & 0xffff)) {
      if ((file[at + 1] & 0xff) == kind) {
        return at;
      }
    }
  }

  private static byte[] with(byte[] file, int at, int value) {
    byte[] changed = file.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void everyTruncationThatCostsPixelsIsRefused() {
    for (byte[] file : new byte[][] {COLOUR, PROGRESSIVE}) {
      for (int length = 3; length < file.length - 2; length++) {
        byte[] cut = Arrays.copyOf(file, length);
        assertThatThrownBy(() -> Picture.decode(cut, "a"))
            .as("%d bytes", length)
            .isInstanceOf(InputException.class);
      }
    }
  }

  @Test
  void theEndMarkerMayBeMissingWhereAllPixelsAreThere() {
    byte[] expected = Picture.decode(COLOUR, "a").rgb();
    assertThat(Picture.decode(Arrays.copyOf(COLOUR, COLOUR.length - 1), "a").rgb())
        .isEqualTo(expected);
    assertThat(Picture.decode(Arrays.copyOf(COLOUR, COLOUR.length - 2), "a").rgb())
        .isEqualTo(expected);
    refused(
        Arrays.copyOf(COLOUR, COLOUR.length - 3), Kind.MALFORMED, "before the end of the picture");
    refused(
        Arrays.copyOf(PROGRESSIVE, PROGRESSIVE.length - 1),
        Kind.MALFORMED,
        "before the end of the picture");
  }

  @Test
  void bytesAfterThePictureAndBeforeAMarkerAreHarmless() {
    Picture expected = Picture.decode(COLOUR, "a");
    assertThat(Picture.decode(join(COLOUR, new byte[] {1, 2, 3}), "a").rgb())
        .isEqualTo(expected.rgb());
    byte[] padded =
        join(
            Arrays.copyOf(COLOUR, COLOUR.length - 2),
            new byte[] {0, 0, 0, 0, (byte) 0xff, (byte) 0xff},
            Arrays.copyOfRange(COLOUR, COLOUR.length - 2, COLOUR.length));
    assertThat(Picture.decode(padded, "a").rgb()).isEqualTo(expected.rgb());
  }

  @Test
  void otherKindsOfJpegAreNamed() {
    int frame = marker(COLOUR, 0xc0);
    refused(with(COLOUR, frame + 1, 0xc9), Kind.UNSUPPORTED, "found coding 9");
    refused(with(COLOUR, frame + 1, 0xc3), Kind.UNSUPPORTED, "found coding 3");
    refused(with(COLOUR, frame + 4, 12), Kind.UNSUPPORTED, "found 3 of 12");
    byte[] two = with(with(COLOUR, frame + 9, 2), frame + 3, 14);
    refused(two, Kind.UNSUPPORTED, "found 2 of 8");
  }

  @Test
  void headersThatContradictThemselvesAreRefused() {
    int frame = marker(COLOUR, 0xc0);
    int scan = marker(COLOUR, 0xda);
    byte[] header = Arrays.copyOfRange(COLOUR, frame, frame + 19);
    byte[] before = Arrays.copyOf(COLOUR, frame);
    byte[] after = Arrays.copyOfRange(COLOUR, frame, COLOUR.length);
    refused(join(before, header, after), Kind.MALFORMED, "found a second");
    refused(
        join(Arrays.copyOf(COLOUR, 20), Arrays.copyOfRange(COLOUR, scan, COLOUR.length)),
        Kind.MALFORMED,
        "before its header");
    refused(with(COLOUR, frame + 9, 4), Kind.MALFORMED, "contradicts itself");
    refused(with(COLOUR, frame, 0), Kind.MALFORMED, "before its header");
    refused(with(COLOUR, frame + 2, 0xff), Kind.MALFORMED, "within segment c0 at byte " + frame);
    refused(with(with(COLOUR, frame + 2, 0), frame + 3, 1), Kind.MALFORMED, "of 1 bytes");
    refused(with(COLOUR, frame + 1, 0xd9), Kind.MALFORMED, "ends at byte " + frame);
    refused(with(COLOUR, frame + 1, 0x70), Kind.MALFORMED, "marker 70 at byte " + frame);
    refused(Arrays.copyOf(COLOUR, frame), Kind.MALFORMED, "before the first scan");
    refused(with(with(COLOUR, frame + 5, 0), frame + 6, 0), Kind.MALFORMED, "found 45 x 0");
  }

  @Test
  void claimedSizesAreRefusedBeforeRoomIsMade() {
    int frame = marker(COLOUR, 0xc0);
    byte[] large = COLOUR.clone();
    Arrays.fill(large, frame + 5, frame + 9, (byte) 0xff);
    byte[] unfilled = COLOUR.clone();
    ByteBuffer.wrap(unfilled).putShort(frame + 5, (short) 8000).putShort(frame + 7, (short) 8000);
    refused(large, Kind.TOO_LARGE, "65535 x 65535 pixels, expected at most");
    refused(unfilled, Kind.MALFORMED, "claims 8000 x 8000 pixels");
  }

  @Test
  void endlessScansAreRefused() {
    int scan = marker(PROGRESSIVE, 0xda);
    int next = scan + 2;
    while (PROGRESSIVE[next] != (byte) 0xff || PROGRESSIVE[next + 1] == 0) {
      next++;
    }
    byte[][] parts = new byte[500][];
    Arrays.fill(parts, Arrays.copyOfRange(PROGRESSIVE, scan, next));
    parts[0] = Arrays.copyOf(PROGRESSIVE, next);
    refused(
        join(join(parts), new byte[] {(byte) 0xff, (byte) 0xd9}),
        Kind.UNSUPPORTED,
        "500 scans, expected at most 200");
  }

  /**
   * What pictures of the most pixels take: three bytes each, decoded and as the decoder has them.
   */
  private static final long PIXELS = 8L << 26;

  @Test
  void mutationsAreTakenOrRefused() {
    for (String name :
        new String[] {
          "ycc-420", "ycc-444-progressive", "cmyk", "gray", "ycc-440", "orientation/6"
        }) {
      byte[] file = TestData.bytes(TestData.PICTURES.resolve(name + ".jpg"));
      assertThatCode(() -> Picture.decode(file, name)).doesNotThrowAnyException();
      new Mutants(List.of(file), InputException.class, 400)
          .constant(PIXELS)
          .attack(500, bytes -> Picture.decode(bytes, name).upright());
    }
  }
}
