package io.github.visualbert.picture;

import static io.github.visualbert.picture.PngAttackTest.chunk;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.TestData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
  private static final byte[] JPEG = TestData.bytes(TestData.PICTURES.resolve("ycc-444.jpg"));
  private static final byte[] PNG = TestData.bytes(TestData.PICTURES.resolve("palette-4.png"));

  /** Exif data that say 6 and end with the tag. */
  private static final byte[] SIX =
      HexFormat.of().parseHex("4d4d002a00000008" + "0001" + "011200030000000100060000");

  private static final byte[] EIGHT =
      HexFormat.of().parseHex("49492a0008000000" + "0100" + "120103000100000008000000");

  private static final String XMP = "<rdf:Description tiff:Make=\"a\" tiff:Orientation=\"%s\"/>";

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] bytes) {
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] out = new byte[bytes.length + 100];
      return Arrays.copyOf(out, deflater.deflate(out));
    }
  }

  /** Exif data as ImageMagick writes them into a text. */
  private static byte[] digits(byte[] exif) {
    String hex = HexFormat.of().formatHex(join(bytes("Exif\0\0"), exif));
    return bytes("\nexif\n%8d\n%s\n%s\n".formatted(32, hex.substring(0, 20), hex.substring(20)));
  }

  private static int ofJpeg(byte[]... segments) {
    byte[][] framed =
        Arrays.stream(segments)
            .map(
                content ->
                    ByteBuffer.allocate(4 + content.length)
                        .putShort((short) 0xffe1)
                        .putShort((short) (2 + content.length))
                        .put(content)
                        .array())
            .toArray(byte[][]::new);
    byte[] file =
        join(Arrays.copyOf(JPEG, 2), join(framed), Arrays.copyOfRange(JPEG, 2, JPEG.length));
    return Picture.decode(file, "a").orientation();
  }

  private static int ofPng(byte[]... chunks) {
    int afterPixels = PNG.length - 12;
    byte[] before =
        join(Arrays.copyOf(PNG, 33), join(chunks), Arrays.copyOfRange(PNG, 33, PNG.length));
    byte[] after =
        join(
            Arrays.copyOf(PNG, afterPixels),
            join(chunks),
            Arrays.copyOfRange(PNG, afterPixels, PNG.length));
    int found = Picture.decode(before, "a").orientation();
    assertThat(Picture.decode(after, "a").orientation()).isEqualTo(found);
    return found;
  }

  private static byte[] exif(byte[] tiff) {
    return join(bytes("Exif\0\0"), tiff);
  }

  private static byte[] xmp(String value) {
    return bytes("http://ns.adobe.com/xap/1.0/\0" + XMP.formatted(value));
  }

  static IntStream values() {
    return IntStream.rangeClosed(1, 8);
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyValueIsTurnedAsByPillow(int value) {
    for (String suffix : new String[] {".jpg", ".png"}) {
      Path file = TestData.PICTURES.resolve("orientation/" + value + suffix);
      Picture expected = PictureTest.pixmap(file.resolveSibling(file.getFileName() + ".ppm"));
      Picture asTaken = Picture.read(file);
      Picture upright = asTaken.upright();
      assertThat(asTaken.orientation()).as(suffix).isEqualTo(value);
      assertThat(asTaken.width()).isEqualTo(value < 5 ? upright.width() : upright.height());
      assertThat(upright.width()).as(suffix).isEqualTo(expected.width());
      assertThat(upright.height()).as(suffix).isEqualTo(expected.height());
      assertThat(upright.rgb()).as(suffix).isEqualTo(expected.rgb());
      assertThat(upright.orientation()).isEqualTo(1);
      assertThat(upright.upright()).isSameAs(upright);
    }
  }

  @Test
  void exifOfJpegMayBeSpreadAndIsReadAsFarAsItGoes() {
    assertThat(ofJpeg()).isEqualTo(1);
    assertThat(ofJpeg(exif(SIX))).isEqualTo(6);
    assertThat(ofJpeg(exif(exif(EIGHT)))).as("named twice").isEqualTo(8);
    byte[] start = Arrays.copyOf(SIX, 13);
    byte[] rest = Arrays.copyOfRange(SIX, 13, SIX.length);
    assertThat(ofJpeg(exif(start), exif(rest))).isEqualTo(6);
    assertThat(ofJpeg(exif(SIX), exif(EIGHT))).as("one after the other").isEqualTo(6);
    assertThat(ofJpeg(exif(start))).as("cut").isEqualTo(1);
    assertThat(ofJpeg(bytes("Exif\0"), bytes(""))).as("too short").isEqualTo(1);
  }

  @Test
  void xmpCountsWhereExifHasNoTag() {
    byte[] noTag = Arrays.copyOf(SIX, 10);
    byte[] noExif = bytes("XX");
    assertThat(ofJpeg(xmp("6"))).isEqualTo(6);
    assertThat(ofJpeg(xmp("6"), xmp("3"))).as("the last").isEqualTo(3);
    assertThat(ofJpeg(xmp("6"), exif(EIGHT))).isEqualTo(8);
    assertThat(ofJpeg(xmp("6"), exif(noTag))).isEqualTo(6);
    assertThat(ofJpeg(xmp("6"), exif(new byte[0]))).isEqualTo(6);
    assertThat(ofJpeg(xmp("6"), exif(noExif))).as("as in Pillow").isEqualTo(1);
    assertThat(ofJpeg(bytes("http://ns.adobe.com/xap/1.0/\0<tiff:Orientation>5</"))).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "9", "", "x"})
  void xmpThatMeansNothingIsPassedOver(String value) {
    assertThat(ofJpeg(xmp(value))).isEqualTo(1);
    assertThat(ofJpeg(bytes("http://ns.adobe.com/xap/1.0/\0<a tiff:Orientation=\""))).isEqualTo(1);
  }

  @Test
  void chunksOfPngMayStandAnywhere() {
    byte[] text = join(bytes("Raw profile type exif\0"), digits(SIX));
    byte[] compressed = join(bytes("Raw profile type exif\0\0"), deflated(digits(EIGHT)));
    assertThat(ofPng(chunk("eXIf", SIX))).isEqualTo(6);
    assertThat(ofPng(chunk("eXIf", SIX), chunk("eXIf", EIGHT))).as("the last").isEqualTo(8);
    assertThat(ofPng(chunk("tEXt", text))).isEqualTo(6);
    assertThat(ofPng(chunk("zTXt", compressed))).isEqualTo(8);
    assertThat(ofPng(chunk("eXIf", EIGHT), chunk("tEXt", text))).isEqualTo(8);
    byte[] xmp = bytes(XMP.formatted("7"));
    byte[] plain = join(bytes("XML:com.adobe.xmp\0\0\0en\0key\0"), xmp);
    assertThat(ofPng(chunk("iTXt", plain))).isEqualTo(7);
    assertThat(ofPng(chunk("iTXt", join(bytes("XML:com.adobe.xmp\0\1\0\0\0"), deflated(xmp)))))
        .isEqualTo(7);
    assertThat(ofPng(chunk("iTXt", plain), chunk("eXIf", SIX))).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Raw profile type exif\0",
        "Raw profile type exif\0\nexif\n8\n4d4d0",
        "Raw profile type exif\0\nexif\n8\nxx",
        "Raw profile type exif\0" + "4d4d002a0000000800010112000300000001000600000000",
        "Raw profile type exif",
        "XML:com.adobe.xmp\0",
        "XML:com.adobe.xmp\0\1",
        "XML:com.adobe.xmp\0\1\0\0",
        "XML:com.adobe.xmp\0\0\0en",
        "Comment\0tiff:Orientation=\"6\""
      })
  void textOfPngThatMeansNothingIsPassedOver(String text) {
    for (String type : new String[] {"tEXt", "zTXt", "iTXt"}) {
      assertThat(ofPng(chunk(type, bytes(text)))).as(type).isEqualTo(1);
    }
  }

  @Test
  void aTextThatGrowsWithoutEndIsReadAsFarAsIsSane() {
    byte[] many = deflated(new byte[64 << 20]);
    byte[] bomb = join(bytes("Raw profile type exif\0\0"), many);
    assertThat(ofPng(chunk("zTXt", bomb))).isEqualTo(1);
  }
}
