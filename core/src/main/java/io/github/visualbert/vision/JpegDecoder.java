package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Decodes a JPEG: baseline, extended or progressive, 8 bits, gray, YCbCr, RGB, CMYK or YCCK.
 *
 * <p>ImageIO's own reader undoes the entropy coding and the cosine transform; what the components mean is decided here by the rules
 * of libjpeg, with its arithmetic, since ImageIO guesses differently and knows no CMYK. Comments and application segments (Exif,
 * colour profiles, thumbnails) never reach ImageIO, so that nothing in them can fail or be expensive. Nothing of AWT is used
 * that needs a display, and ImageIO's global settings are left alone.
 */
final class JpegDecoder {
  /** What the numbers of the components stand for. */
  private enum Components {
    GRAY,
    RGB,
    YCC,
    CMYK,
    YCCK
  }

  /** More scans than any encoder writes would only be there to waste time: each visits the whole picture. */
  private static final int MOST_SCANS = 200;

  /** A block of 64 pixels takes at least one bit. */
  private static final int MOST_PIXELS_PER_BYTE = 512;

  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  private final byte[] file;
  private final String source;
  private int width;
  private int height;
  private byte[] componentIds = {};
  private boolean jfif;
  private int adobeTransform = -1;

  JpegDecoder(byte[] file, String source) {
    this.file = file;
    this.source = source;
  }

  static boolean recognises(byte[] file) {
    return InputFiles.startsWith(file, 0xff, SOI, 0xff);
  }

  Picture decode() {
    ByteBuffer bare = withoutApplicationSegments();
    Picture.checkSize(source, width, height, (long) file.length * MOST_PIXELS_PER_BYTE);
    Components components = components();
    Raster raster = readRaster(bare);
    int bands = componentIds.length;
    if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() != bands) {
      throw malformed(
          "the header says %d x %d pixels of %d components, its data %d x %d of %d"
              .formatted(width, height, bands, raster.getWidth(), raster.getHeight(), raster.getNumBands()));
    }
    byte[] rgb = new byte[3 * width * height];
    byte[] row = new byte[bands * width];
    for (int y = 0; y < height; y++) {
      raster.getDataElements(0, y, width, 1, row);
      toRgb(components, row, rgb, 3 * y * width);
    }
    return new Picture(source, width, height, rgb);
  }

  /** Reads the segments before the first scan, and copies the file without those that the decoder can do without. */
  private ByteBuffer withoutApplicationSegments() {
    ByteBuffer bare = ByteBuffer.allocate(file.length).put(file, 0, 2);
    int at = 2;
    while (true) {
      if (file.length - at < 4 || file[at] != (byte) 0xff) {
        throw malformed("expected a segment at byte %d, found %s".formatted(at, at < file.length ? "other bytes" : "the end"));
      }
      int marker = file[at + 1] & 0xff;
      if (marker == 0xff) { // padding
        at++;
        continue;
      }
      int length = (file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff;
      if (marker < 0xc0 || marker >= 0xd0 && marker <= EOI || length < 2 || length > file.length - at - 2) {
        throw malformed("segment %02x of %d bytes at byte %d cannot be".formatted(marker, length, at));
      }
      readSegment(marker, at + 4, length - 2);
      if (marker == SOS) {
        if (componentIds.length == 0) {
          throw malformed("the picture begins before its header");
        }
        checkScans(at);
        return bare.put(file, at, file.length - at).flip();
      }
      if (marker < APP0 || marker > APP15 && marker != COM) {
        bare.put(file, at, length + 2);
      }
      at += length + 2;
    }
  }

  private void readSegment(int marker, int at, int length) {
    switch (marker) {
      case 0xc0, 0xc1, 0xc2 -> readFrame(at, length);
      case 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf ->
          throw unsupported(
              "expected baseline, extended or progressive Huffman coding, found coding %d".formatted(marker - 0xc0));
      case APP0 -> jfif |= startsWith(at, length, "JFIF\0");
      case APP14 -> {
        if (length >= 12 && startsWith(at, length, "Adobe")) {
          adobeTransform = file[at + 11] & 0xff;
        }
      }
      default -> {}
    }
  }

  private void readFrame(int at, int length) {
    if (componentIds.length != 0) {
      throw malformed("expected one frame header, found a second at byte %d".formatted(at));
    }
    if (length < 6 || length != 6 + 3 * (file[at + 5] & 0xff)) {
      throw malformed("the frame header of %d bytes at byte %d contradicts itself".formatted(length, at));
    }
    int components = file[at + 5] & 0xff;
    if (file[at] != 8 || components != 1 && components != 3 && components != 4) {
      throw unsupported(
          "expected 1, 3 or 4 components of 8 bits, found %d of %d".formatted(components, file[at] & 0xff));
    }
    height = (file[at + 1] & 0xff) << 8 | file[at + 2] & 0xff;
    width = (file[at + 3] & 0xff) << 8 | file[at + 4] & 0xff;
    componentIds = new byte[components];
    for (int i = 0; i < components; i++) {
      componentIds[i] = file[at + 6 + 3 * i];
    }
  }

  /** A zero follows every 0xff among the coded pixels, so a marker is a marker wherever it stands. */
  private void checkScans(int from) {
    int scans = 0;
    boolean ended = false;
    for (int i = from; i + 1 < file.length && !ended; i++) {
      if (file[i] == (byte) 0xff) {
        scans += file[i + 1] == (byte) SOS ? 1 : 0;
        ended = file[i + 1] == (byte) EOI;
      }
    }
    if (!ended) {
      throw malformed("ends at byte %d, before the end of the picture".formatted(file.length));
    }
    if (scans > MOST_SCANS) {
      throw unsupported("%d scans, expected at most %d".formatted(scans, MOST_SCANS));
    }
  }

  private boolean startsWith(int at, int length, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (i >= length || file[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Decides as libjpeg does (jdapimin.c, default_decompress_parms). */
  private Components components() {
    if (componentIds.length == 1) {
      return Components.GRAY;
    }
    if (componentIds.length == 4) {
      return adobeTransform == -1 || adobeTransform == 0 ? Components.CMYK : Components.YCCK;
    }
    if (jfif) {
      return Components.YCC;
    }
    if (adobeTransform != -1) {
      return adobeTransform == 0 ? Components.RGB : Components.YCC;
    }
    return componentIds[0] == 'R' && componentIds[1] == 'G' && componentIds[2] == 'B' ? Components.RGB : Components.YCC;
  }

  private Raster readRaster(ByteBuffer bare) {
    ImageReader reader = jdkReader();
    StringBuilder warnings = new StringBuilder();
    try (ByteStream in = new ByteStream(bare)) {
      reader.addIIOReadWarningListener(
          (from, warning) -> {
            // Some cameras pad before a marker. Everything else means that pixels were made up.
            if (!warning.contains("extraneous bytes before marker") && warnings.isEmpty()) {
              warnings.append(warning);
            }
          });
      reader.setInput(in, true, true);
      Raster raster = reader.readRaster(0, null);
      if (!warnings.isEmpty()) {
        throw malformed("the image data are damaged (%s)".formatted(warnings));
      }
      return raster;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new InputException(
          Kind.MALFORMED, "%s: JPEG: cannot be decoded (%s)".formatted(source, e.getMessage()), e);
    } finally {
      reader.dispose();
    }
  }

  /** Finds the JDK's own reader, whatever others are on the class path: only its rasters are known to be raw components. */
  private static ImageReader jdkReader() {
    for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg"); readers.hasNext(); ) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException("this Java runtime has no JPEG reader in java.desktop");
  }

  private static void toRgb(Components components, byte[] row, byte[] rgb, int out) {
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

  /** White less ink: both are stored inverted, and multiplied as Pillow does (Convert.c, cmyk2rgb). */
  private static byte withoutInk(int invertedInk, int invertedBlack) {
    int product = (255 - invertedInk) * invertedBlack + 128;
    return clamp(invertedBlack - ((product >> 8) + product >> 8));
  }

  private static byte clamp(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  /** ImageIO's own streams would keep another copy. */
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

  private InputException unsupported(String what) {
    return new InputException(Kind.UNSUPPORTED, "%s: JPEG: %s".formatted(source, what));
  }
}
