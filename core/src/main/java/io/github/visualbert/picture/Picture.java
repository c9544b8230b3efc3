package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.FileFormat;
import io.github.visualbert.internal.file.InputFiles;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A picture as 8-bit RGB, read from PNG or JPEG as Pillow's {@code Image.open(file).convert("RGB")}
 * reads it.
 *
 * <p>That means: gray becomes three equal channels, palettes are looked up, an alpha channel is
 * dropped rather than blended, 16-bit colours keep their high byte, 16-bit grays are clamped to 255
 * (so most of them become white), CMYK JPEGs are taken as inverted, as Adobe writes them, and
 * neither colour profiles nor gamma are applied. Pixels are as the camera stored them; {@link
 * #upright} turns them as the file's Exif data say.
 *
 * <p>A damaged file is read where Pillow reads it, with the same pixels. A truncated one is
 * refused, unless only its end marker is missing.
 *
 * <p>A picture has at most {@link #MAX_PIXELS} pixels and {@link #MAX_SIDE} on a side. Both are
 * checked before memory is allocated, and so is that the file is long enough for its pixels: a byte
 * of PNG holds at most 8256, a byte of JPEG at most 512. A file has at most 256 MiB, and reading
 * one takes at most 1.5 GiB, up to 512 MiB of it outside the heap for a progressive JPEG. Immutable
 * and thread-safe, provided the array given to the constructor is left alone.
 */
public final class Picture {
  /** The most pixels of a picture that is read from a file, 64 Mi. */
  public static final int MAX_PIXELS = 1 << 26;

  /** The longest side of a picture that is read from a file, which is JPEG's. */
  public static final int MAX_SIDE = 65535;

  private static final int MAX_FILE_BYTES = 1 << 28;

  private final String source;
  private final int width;
  private final int height;
  private final byte[] rgb; // (height, width, 3)
  private final int orientation;

  /**
   * Takes ownership of decoded pixels.
   *
   * @param source what the picture is called in messages
   * @param rgb red, green and blue of each pixel, row by row; not copied
   * @throws IllegalArgumentException when the sizes do not fit
   */
  public Picture(String source, int width, int height, byte[] rgb) {
    this(source, width, height, rgb, OrientationTag.UPRIGHT);
  }

  Picture(String source, int width, int height, byte[] rgb, int orientation) {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "a picture of %d x %d needs %d bytes, found %d"
              .formatted(width, height, 3L * width * height, rgb.length));
    }
    this.source = source;
    this.width = width;
    this.height = height;
    this.rgb = rgb;
    this.orientation = orientation;
  }

  /**
   * Reads a PNG or JPEG file, told apart by their first bytes.
   *
   * @throws InputException when the file cannot be read, is damaged, or is not a PNG or JPEG that
   *     this library knows
   */
  public static Picture read(Path file) {
    return decode(InputFiles.read(file, "a picture", MAX_FILE_BYTES), file.toString());
  }

  /**
   * Decodes the bytes of a PNG or JPEG file.
   *
   * @param source what the picture is called in messages
   * @throws InputException as {@link #read}
   */
  public static Picture decode(byte[] file, String source) {
    if (PngDecoder.recognises(file)) {
      return new PngDecoder(file, source).decode();
    }
    if (JpegDecoder.recognises(file)) {
      return new JpegDecoder(file, source).decode();
    }
    throw new InputException(
        Kind.UNSUPPORTED,
        "%s: expected a PNG or JPEG picture, found %s%s"
            .formatted(source, FileFormat.describe(file), advice(FileFormat.of(file))));
  }

  private static String advice(FileFormat found) {
    return switch (found) {
      case NUMPY, NPZ, SAFETENSORS, PYTORCH -> "; give region features as features";
      default -> found.isPicture() ? "; convert it to PNG or JPEG" : "";
    };
  }

  /** Refuses sizes beyond the limits, and sizes for which the file has too few bytes. */
  static void checkSize(String source, long width, long height, long mostPixelsOfFile) {
    if (width < 1 || height < 1) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: expected at least one pixel, found %d x %d".formatted(source, width, height));
    }
    if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
      throw new InputException(
          Kind.TOO_LARGE,
          "%s: %d x %d pixels, expected at most %d on a side and %d in all"
              .formatted(source, width, height, MAX_SIDE, MAX_PIXELS));
    }
    if (width * height > mostPixelsOfFile) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: claims %d x %d pixels, but its data are enough for at most %d"
              .formatted(source, width, height, mostPixelsOfFile));
    }
  }

  /** Returns what the picture is called in messages. */
  public String source() {
    return source;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** Returns a pixel as {@code 0xRRGGBB}. */
  public int pixel(int x, int y) {
    int at = 3 * (Objects.checkIndex(y, height) * width + Objects.checkIndex(x, width));
    return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
  }

  /**
   * Returns the Exif orientation, from 1 to 8. It is 1, upright, where the file has none or an
   * invalid one.
   */
  public int orientation() {
    return orientation;
  }

  /**
   * Rotates and mirrors the picture as its {@link #orientation} says, as Pillow's {@code
   * ImageOps.exif_transpose} does.
   *
   * @return the upright picture, this one if it is
   */
  public Picture upright() {
    if (orientation == OrientationTag.UPRIGHT) {
      return this;
    }
    boolean sideways = orientation >= 5;
    boolean fromRight = orientation == 2 || orientation == 3 || orientation >= 7;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    // The offset of the first pixel, and the strides of columns and rows.
    int at = 3 * ((fromRight ? width - 1 : 0) + (fromBottom ? height - 1 : 0) * width);
    int across = fromRight ? -3 : 3;
    int down = 3 * (fromBottom ? -width : width);
    int columns = sideways ? height : width;
    int rows = sideways ? width : height;
    int toNext = sideways ? down : across;
    int toNextRow = (sideways ? across : down) - columns * toNext;
    byte[] turned = new byte[rgb.length];
    int out = 0;
    for (int y = 0; y < rows; y++, at += toNextRow) {
      for (int x = 0; x < columns; x++, at += toNext) {
        turned[out++] = rgb[at];
        turned[out++] = rgb[at + 1];
        turned[out++] = rgb[at + 2];
      }
    }
    return new Picture(source, columns, rows, turned);
  }

  /** Returns the pixels themselves, (height, width, 3). Not to be modified. */
  byte[] rgb() {
    return rgb;
  }
}
