package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.ArrayDeque;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG: its header, its palette and where its image data lie. The checksum of every
 * chunk is compared.
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
  private int width;
  private int height;
  private int bitDepth;
  private int colourType;
  private boolean interlaced;
  private int[] colours;

  PngChunks(byte[] file, String source) {
    this.file = file;
    this.source = source;
    read();
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Returns the bits of a sample. */
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

  /** Returns the bytes of all compressed image data. */
  long imageDataBytes() {
    return imageDataBytes;
  }

  private void read() {
    int at = 8;
    boolean ended = false;
    String last = "";
    while (!ended) {
      if (file.length - at < 12) {
        throw malformed("ends at byte %d, before its IEND chunk".formatted(file.length));
      }
      int length = int32(at);
      if (length < 0 || length > file.length - at - 12) {
        throw malformed(
            "chunk at byte %d claims %d bytes, found %d"
                .formatted(at, length & 0xffffffffL, file.length - at - 12));
      }
      String type = chunkType(at + 4);
      CRC32 crc = new CRC32();
      crc.update(file, at + 4, length + 4);
      if ((int) crc.getValue() != int32(at + 8 + length)) {
        throw malformed(
            "%s chunk at byte %d has checksum %08x, its bytes have %08x"
                .formatted(type, at, int32(at + 8 + length), (int) crc.getValue()));
      }
      if (last.isEmpty() != type.equals("IHDR")) {
        throw malformed(
            "expected one IHDR chunk, and that the first; found %s at byte %d".formatted(type, at));
      }
      switch (type) {
        case "IHDR" -> readHeader(at + 8, length);
        case "PLTE" -> readPalette(at + 8, length);
        case "IDAT" -> {
          if (!imageData.isEmpty() && !last.equals("IDAT")) {
            throw malformed("IDAT chunk at byte %d does not follow the others".formatted(at));
          }
          imageData.add(new Span(at + 8, length));
          imageDataBytes += length;
        }
        case "IEND" -> ended = true;
        default -> {
          if ((file[at + 4] & 0x20) == 0) {
            throw unsupported("unknown critical chunk %s at byte %d".formatted(type, at));
          }
        }
      }
      last = type;
      at += 12 + length;
    }
    if (imageData.isEmpty()) {
      throw malformed("expected image data, found no IDAT chunk");
    }
    if (colourType == PALETTE && colours == null) {
      throw malformed("expected a palette, found no PLTE chunk");
    }
  }

  private String chunkType(int at) {
    char[] type = new char[4];
    for (int i = 0; i < 4; i++) {
      type[i] = (char) (file[at + i] & 0xff);
      if (!(type[i] >= 'A' && type[i] <= 'Z' || type[i] >= 'a' && type[i] <= 'z')) {
        throw malformed(
            "expected the name of a chunk at byte %d, found %08x".formatted(at, int32(at)));
      }
    }
    return new String(type);
  }

  private void readHeader(int at, int length) {
    if (length != 13) {
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
    if (file[at + 10] != 0 || file[at + 11] != 0 || (file[at + 12] & 0xfe) != 0) {
      throw unsupported(
          "compression %d, filter method %d and interlacing %d, expected 0, 0 and 0 or 1"
              .formatted(file[at + 10] & 0xff, file[at + 11] & 0xff, file[at + 12] & 0xff));
    }
    interlaced = file[at + 12] == 1;
    long claimedWidth = int32(at) & 0xffffffffL;
    long claimedHeight = int32(at + 4) & 0xffffffffL;
    Picture.checkSize(source, claimedWidth, claimedHeight, Long.MAX_VALUE);
    width = (int) claimedWidth;
    height = (int) claimedHeight;
    if (colourType == GRAY && bitDepth <= 8) {
      int white = (1 << bitDepth) - 1;
      colours = new int[white + 1];
      for (int i = 0; i <= white; i++) {
        colours[i] = i * (255 / white) * 0x010101;
      }
    }
  }

  private void readPalette(int at, int length) {
    if (length % 3 != 0 || length == 0 || length > 3 * 256) {
      throw malformed(
          "expected a palette of 1 to 256 colours, 3 bytes each, found %d bytes".formatted(length));
    }
    if (colourType != PALETTE) {
      return; // a suggestion for displays of few colours
    }
    if (colours != null || !imageData.isEmpty()) {
      throw malformed("expected one palette, and that before the image data");
    }
    colours = new int[length / 3];
    for (int i = 0; i < colours.length; i++) {
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
