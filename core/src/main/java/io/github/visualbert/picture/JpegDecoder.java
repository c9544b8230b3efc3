package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Decodes a JPEG: baseline, extended or progressive, 8 bits, gray, YCbCr, RGB, CMYK or YCCK.
 *
 * <p>ImageIO's own reader undoes the entropy coding and the cosine transform. Colour conversion is
 * done here with the rules and the arithmetic of libjpeg, since ImageIO guesses differently and
 * knows no CMYK. Comments and application segments (Exif, colour profiles, thumbnails) never reach
 * ImageIO, so that nothing in them can fail or be expensive. No part of AWT that needs a display is
 * used, and ImageIO's global settings stay unchanged.
 */
final class JpegDecoder {
  /** A block of 64 pixels takes at least one bit. */
  private static final int MAX_PIXELS_PER_BYTE = 512;

  private final byte[] file;
  private final String source;

  JpegDecoder(byte[] file, String source) {
    this.file = file;
    this.source = source;
  }

  static boolean recognises(byte[] file) {
    return InputFiles.startsWith(file, 0xff, JpegSegments.SOI, 0xff);
  }

  Picture decode() {
    JpegSegments segments = new JpegSegments(file, source);
    JpegFrame frame = segments.frame();
    int width = frame.width();
    int height = frame.height();
    int bands = frame.components();
    Picture.checkSize(source, width, height, (long) file.length * MAX_PIXELS_PER_BYTE);
    Raster raster = readRaster(segments);
    if (raster.getWidth() != width
        || raster.getHeight() != height
        || raster.getNumBands() != bands) {
      throw malformed(
          "the header says %d x %d pixels of %d components, its data %d x %d of %d"
              .formatted(
                  width,
                  height,
                  bands,
                  raster.getWidth(),
                  raster.getHeight(),
                  raster.getNumBands()));
    }
    byte[] rgb = new byte[3 * width * height];
    byte[] row = new byte[bands * width];
    for (int y = 0; y < height; y++) {
      raster.getDataElements(0, y, width, 1, row);
      for (int c = 0; c < bands; c++) {
        if (frame.hasEverySecondRow(c)) {
          blendRows(raster, y, c, row);
        }
      }
      toRgb(segments.components(), row, rgb, 3 * y * width);
    }
    return new Picture(source, width, height, rgb, segments.orientation().value());
  }

  /**
   * Decodes the components. Damaged pixels are no error, as in Pillow; pixels that a truncated file
   * lacks are.
   */
  private Raster readRaster(JpegSegments segments) {
    ImageReader reader = jdkReader();
    AtomicBoolean madeUp = new AtomicBoolean();
    try (ByteStream in = new ByteStream(segments.withoutApplications())) {
      reader.addIIOReadWarningListener(
          (from, warning) -> {
            // Some cameras pad before a marker. Any other warning means that pixels were invented.
            if (!warning.contains("extraneous bytes before marker")) {
              madeUp.set(true);
            }
          });
      reader.setInput(in, true, true);
      Raster raster = reader.readRaster(0, null);
      if (!segments.isEnded() && madeUp.get()) {
        throw malformed("ends at byte %d, before the end of the picture".formatted(file.length));
      }
      return raster;
    } catch (IOException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new InputException(
          Kind.MALFORMED, "%s: JPEG: cannot be decoded (%s)".formatted(source, e.getMessage()), e);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Finds the JDK's own reader, whatever others are on the class path: only its rasters are known
   * to be raw components.
   */
  private static ImageReader jdkReader() {
    for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        readers.hasNext(); ) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException("this Java runtime has no JPEG reader in java.desktop");
  }

  /**
   * Upsamples every second row as libjpeg-turbo does, three parts of the nearer and one of the
   * farther. The JDK's libjpeg does so only where every second column is there too, and repeats the
   * row otherwise.
   */
  private static void blendRows(Raster raster, int y, int component, byte[] row) {
    int lastPair = (raster.getHeight() - 1) / 2;
    int farther = Math.clamp(y % 2 == 0 ? y / 2 - 1 : y / 2 + 1, 0, lastPair);
    int[] samples =
        raster.getSamples(0, 2 * farther, raster.getWidth(), 1, component, (int[]) null);
    int rounding = y % 2 == 0 ? 1 : 2;
    for (int x = 0, i = component; x < samples.length; x++, i += raster.getNumBands()) {
      row[i] = (byte) (3 * (row[i] & 0xff) + samples[x] + rounding >> 2);
    }
  }

  private static void toRgb(JpegComponents components, byte[] row, byte[] rgb, int out) {
    switch (components) {
      case GRAY -> {
        for (byte gray : row) {
          rgb[out++] = gray;
          rgb[out++] = gray;
          rgb[out++] = gray;
        }
      }
      case RGB -> System.arraycopy(row, 0, rgb, out, row.length);
      case YCC -> {
        for (int i = 0; i < row.length; i += 3, out += 3) {
          yccToRgb(row, i, rgb, out);
        }
      }
      case CMYK -> {
        for (int i = 0; i < row.length; i += 4, out += 3) {
          for (int c = 0; c < 3; c++) {
            rgb[out + c] = withoutInk(row[i + c] & 0xff, row[i + 3] & 0xff);
          }
        }
      }
      case YCCK -> {
        for (int i = 0; i < row.length; i += 4, out += 3) {
          yccToRgb(row, i, rgb, out);
          for (int c = 0; c < 3; c++) {
            rgb[out + c] = withoutInk(255 - (rgb[out + c] & 0xff), row[i + 3] & 0xff);
          }
        }
      }
    }
  }

  /** JFIF's conversion in 16-bit fixed point, rounded as in libjpeg (jdcolor.c). */
  private static void yccToRgb(byte[] row, int i, byte[] rgb, int out) {
    int y = row[i] & 0xff;
    int cb = (row[i + 1] & 0xff) - 128;
    int cr = (row[i + 2] & 0xff) - 128;
    rgb[out] = clamp(y + (91881 * cr + 32768 >> 16)); // 1.402
    rgb[out + 1] = clamp(y + (-22554 * cb - 46802 * cr + 32768 >> 16)); // 0.34414, 0.71414
    rgb[out + 2] = clamp(y + (116130 * cb + 32768 >> 16)); // 1.772
  }

  /** Converts one ink of inverted CMYK as Pillow does (Convert.c, cmyk2rgb). */
  private static byte withoutInk(int invertedInk, int invertedBlack) {
    int product = (255 - invertedInk) * invertedBlack + 128;
    return clamp(invertedBlack - ((product >> 8) + product >> 8));
  }

  private static byte clamp(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  /** Reads from a buffer; ImageIO's own streams would keep another copy. */
  private static final class ByteStream extends ImageInputStreamImpl {
    private final ByteBuffer bytes;

    ByteStream(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      checkClosed();
      bitOffset = 0;
      return streamPos < bytes.limit() ? bytes.get((int) streamPos++) & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      checkClosed();
      bitOffset = 0;
      int count = (int) Math.min(length, bytes.limit() - streamPos);
      if (count <= 0) {
        return length == 0 ? 0 : -1;
      }
      bytes.get((int) streamPos, target, offset, count);
      streamPos += count;
      return count;
    }

    @Override
    public long length() {
      return bytes.limit();
    }
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: JPEG: %s".formatted(source, what));
  }
}
