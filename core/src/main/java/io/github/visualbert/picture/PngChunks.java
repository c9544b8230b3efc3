package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG: its header, its palette, the place of its image data and its orientation.
 *
 * <p>As in Pillow, the CRC is checked only of chunks before the image data, which have a checksum
 * of their own, and no chunk after them makes a file invalid.
 */
final class PngChunks {
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  /** A part of the file. */
  record Span(int offset, int length) {}

  private final byte[] file;
  private final String source;
  private final ArrayDeque<Span> imageData = new ArrayDeque<>();
  private long imageDataBytes;
  private boolean cutShort;
  private int width;
  private int height;
  private int bitDepth;
  private int colourType;
  private boolean interlaced;
  private int[] colours;
  private final PngOrientation orientation;

  PngChunks(byte[] file, String source) {
    this.file = file;
    this.source = source;
    orientation = new PngOrientation(file);
    read();
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Returns the number of bits of a sample. */
  int bitDepth() {
    return bitDepth;
  }

  /**
   * Returns the samples of a pixel: 1 for gray and palettes, 2 for gray with alpha, 3 for RGB, 4
   * for RGB with alpha.
   */
  int channels() {
    return switch (colourType) {
      case RGB -> 3;
      case GRAY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  boolean interlaced() {
    return interlaced;
  }

  /**
   * Returns the colour 0xRRGGBB of each value of a sample, or null where a pixel is more than one
   * sample of at most 8 bits.
   */
  int[] colours() {
    return colours;
  }

  /** Returns the parts of the compressed image data, to be polled in order. */
  ArrayDeque<Span> imageData() {
    return imageData;
  }

  /** Returns the number of bytes of all compressed image data. */
  long imageDataBytes() {
    return imageDataBytes;
  }

  /** Returns whether the file ends within its image data. */
  boolean isCutShort() {
    return cutShort;
  }

  PngOrientation orientation() {
    return orientation;
  }

  private void read() {
    int at = 8;
    while (!isNext(at, "IDAT")) {
      at = readChunk(at);
    }
    if (width == 0) {
      throw malformed("expected an IHDR chunk before the image data");
    }
    at = readImageData(at);
    readAfterImageData(at);
  }

  /** Returns the index after a chunk before the image data. */
  private int readChunk(int at) {
    if (file.length - at < 12) {
      throw malformed("ends at byte %d, before its image data".formatted(file.length));
    }
    int length = int32(at);
    if (length < 0 || length > file.length - at - 12) {
      throw malformed(
          "chunk at byte %d claims %d bytes, found %d"
              .formatted(at, length & 0xffffffffL, file.length - at - 12));
    }
    if (!isName(at + 4)) {
      throw malformed(
          "expected the name of a chunk at byte %d, found %08x".formatted(at + 4, int32(at + 4)));
    }
    String type = text(at + 4, 4);
    CRC32 crc = new CRC32();
    crc.update(file, at + 4, length + 4);
    if ((int) crc.getValue() != int32(at + 8 + length)) {
      throw malformed(
          "%s chunk at byte %d has checksum %08x, its bytes have %08x"
              .formatted(type, at, int32(at + 8 + length), (int) crc.getValue()));
    }
    switch (type) {
      case "IHDR" -> readHeader(at + 8, length);
      case "PLTE" -> readPalette(at + 8, length);
      case "IEND" -> throw malformed("expected image data, found no IDAT chunk");
      default -> orientation.read(type, at + 8, length);
    }
    return at + 12 + length;
  }

  /** Returns the index after the image data, whose last chunk may be truncated. */
  private int readImageData(int start) {
    int at = start;
    while (isNext(at, "IDAT")) {
      int left = file.length - at - 8;
      int length = (int) Math.min(int32(at) & 0xffffffffL, left);
      cutShort = length == left;
      imageData.add(new Span(at + 8, length));
      imageDataBytes += length;
      at += 8 + length + Math.min(4, left - length);
    }
    return at;
  }

  private void readAfterImageData(int start) {
    int at = start;
    while (file.length - at >= 8 && isName(at + 4) && !isNext(at, "IEND")) {
      int length = int32(at);
      if (length < 0 || length > file.length - at - 8) {
        return;
      }
      orientation.read(text(at + 4, 4), at + 8, length);
      at += 8 + length + Math.min(4, file.length - at - 8 - length);
    }
  }

  private boolean isNext(int at, String type) {
    return file.length - at >= 8 && text(at + 4, 4).equals(type);
  }

  /** Returns whether a chunk's name may stand here, by Pillow's rule rather than by PNG's. */
  private boolean isName(int at) {
    for (int i = at; i < at + 4; i++) {
      if (file[i] != '_' && (file[i] < 0 || !Character.isLetterOrDigit(file[i]))) {
        return false;
      }
    }
    return true;
  }

  private String text(int at, int length) {
    return new String(file, at, length, StandardCharsets.ISO_8859_1);
  }

  private void readHeader(int at, int length) {
    if (length < 13) {
      throw malformed("expected an IHDR chunk of 13 bytes, found %d".formatted(length));
    }
    bitDepth = file[at + 8] & 0xff;
    colourType = file[at + 9] & 0xff;
    boolean known =
        switch (colourType) {
          case GRAY ->
              bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
          case PALETTE -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
          case RGB, GRAY_ALPHA, RGB_ALPHA -> bitDepth == 8 || bitDepth == 16;
          default -> false;
        };
    if (!known) {
      throw malformed(
          "colour type %d with %d bits a sample is none of PNG's".formatted(colourType, bitDepth));
    }
    if (file[at + 11] != 0) {
      throw unsupported("expected filter method 0, found %d".formatted(file[at + 11] & 0xff));
    }
    interlaced = file[at + 12] != 0;
    long claimedWidth = int32(at) & 0xffffffffL;
    long claimedHeight = int32(at + 4) & 0xffffffffL;
    Picture.checkSize(source, claimedWidth, claimedHeight, Long.MAX_VALUE);
    width = (int) claimedWidth;
    height = (int) claimedHeight;
    colours = null;
    if (bitDepth <= 8 && (colourType == GRAY || colourType == PALETTE)) {
      int white = (1 << bitDepth) - 1;
      colours = new int[white + 1];
      for (int i = 0; colourType == GRAY && i <= white; i++) {
        colours[i] = i * (255 / white) * 0x010101;
      }
    }
  }

  /** Reads the palette, which may be too short: colours that it lacks are black, as in Pillow. */
  private void readPalette(int at, int length) {
    if (colourType != PALETTE) {
      return; // a suggestion for displays of few colours
    }
    if (length >= 3 * 257) {
      throw malformed(
          "expected a palette of at most 256 colours, 3 bytes each, found %d bytes"
              .formatted(length));
    }
    Arrays.fill(colours, 0);
    for (int i = 0; i < Math.min(colours.length, length / 3); i++) {
      colours[i] =
          (file[at + 3 * i] & 0xff) << 16
              | (file[at + 3 * i + 1] & 0xff) << 8
              | file[at + 3 * i + 2] & 0xff;
    }
  }

  private int int32(int at) {
    return (file[at] & 0xff) << 24
        | (file[at + 1] & 0xff) << 16
        | (file[at + 2] & 0xff) << 8
        | file[at + 3] & 0xff;
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: PNG: %s".formatted(source, what));
  }

  private InputException unsupported(String what) {
    return new InputException(Kind.UNSUPPORTED, "%s: PNG: %s".formatted(source, what));
  }
}
