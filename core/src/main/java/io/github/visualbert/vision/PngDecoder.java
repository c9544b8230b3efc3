package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes a PNG (W3C, third edition): every colour type, bit depth, filter and interlacing, the checksum of every chunk compared.
 *
 * <p>ImageIO is not used because it takes longer to start than the answer to a question may take, and because it maps gray through
 * a colour space, which gives other bytes than Pillow's.
 */
final class PngDecoder {
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  /** Deflate turns two bits into at most 258 bytes. */
  private static final int MOST_BYTES_PER_BYTE = 1032;

  /** Adam7: first column, first row, column step and row step of each pass. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private record Span(int offset, int length) {}

  private final byte[] file;
  private final String source;
  private final ArrayDeque<Span> imageData = new ArrayDeque<>();
  private long imageDataBytes;
  private int width;
  private int height;
  private int bitDepth;
  private int colourType;
  private boolean interlaced;
  private int[] colours; // 0xRRGGBB of each sample value, where a pixel is one sample of at most 8 bits

  PngDecoder(byte[] file, String source) {
    this.file = file;
    this.source = source;
  }

  static boolean recognises(byte[] file) {
    return InputFiles.startsWith(file, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n');
  }

  Picture decode() {
    readChunks();
    int pixelBits = bitDepth * channels();
    Picture.checkSize(source, width, height, imageDataBytes * MOST_BYTES_PER_BYTE * 8 / pixelBits);
    byte[] rgb = new byte[3 * width * height];
    try (Inflater inflater = new Inflater()) {
      for (int[] pass : interlaced ? ADAM7 : ONE_PASS) {
        decodePass(inflater, pixelBits, rgb, pass[0], pass[1], pass[2], pass[3]);
      }
    }
    return new Picture(source, width, height, rgb);
  }

  private void readChunks() {
    int at = 8;
    boolean ended = false;
    String last = "";
    while (!ended) {
      if (file.length - at < 12) {
        throw malformed("ends at byte %d, before its IEND chunk".formatted(file.length));
      }
      int length = int32(at);
      if (length < 0 || length > file.length - at - 12) {
        throw malformed("chunk at byte %d claims %d bytes, found %d".formatted(at, length & 0xffffffffL, file.length - at - 12));
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
        throw malformed("expected one IHDR chunk, and that the first; found %s at byte %d".formatted(type, at));
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
        throw malformed("expected the name of a chunk at byte %d, found %08x".formatted(at, int32(at)));
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
          case GRAY -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
          case PALETTE -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
          case RGB, GRAY_ALPHA, RGB_ALPHA -> bitDepth == 8 || bitDepth == 16;
          default -> false;
        };
    if (!known) {
      throw malformed("colour type %d with %d bits a sample is none of PNG's".formatted(colourType, bitDepth));
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
      throw malformed("expected a palette of 1 to 256 colours, 3 bytes each, found %d bytes".formatted(length));
    }
    if (colourType != PALETTE) {
      return; // a suggestion for displays of few colours
    }
    if (colours != null || !imageData.isEmpty()) {
      throw malformed("expected one palette, and that before the image data");
    }
    colours = new int[length / 3];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = (file[at + 3 * i] & 0xff) << 16 | (file[at + 3 * i + 1] & 0xff) << 8 | file[at + 3 * i + 2] & 0xff;
    }
  }

  private void decodePass(Inflater inflater, int pixelBits, byte[] rgb, int x0, int y0, int dx, int dy) {
    int columns = (width - x0 + dx - 1) / dx;
    if (columns <= 0) {
      return;
    }
    int pixelBytes = Math.max(1, pixelBits / 8);
    int rowBytes = (int) (((long) columns * pixelBits + 7) / 8);
    byte[] above = new byte[rowBytes];
    byte[] row = new byte[rowBytes];
    byte[] filter = new byte[1];
    for (int y = y0; y < height; y += dy) {
      inflate(inflater, filter);
      inflate(inflater, row);
      unfilter(filter[0], row, above, pixelBytes);
      toRgb(row, columns, rgb, 3 * (y * width + x0), 3 * dx);
      byte[] swap = above;
      above = row;
      row = swap;
    }
  }

  private void inflate(Inflater inflater, byte[] target) {
    int filled = 0;
    try {
      while (filled < target.length) {
        int count = inflater.inflate(target, filled, target.length - filled);
        filled += count;
        if (count == 0) {
          if (inflater.finished() || inflater.needsDictionary() || imageData.isEmpty()) {
            throw malformed("the image data end before the last row");
          }
          Span next = imageData.poll();
          inflater.setInput(file, next.offset, next.length);
        }
      }
    } catch (DataFormatException e) {
      throw new InputException(
          Kind.MALFORMED, "%s: PNG: the image data cannot be decompressed (%s)".formatted(source, e.getMessage()), e);
    }
  }

  /** Undoes the filter of a row: every byte was stored as its difference from a guess made of bytes to the left and above. */
  private void unfilter(int filter, byte[] row, byte[] above, int pixelBytes) {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = pixelBytes; i < row.length; i++) {
          row[i] += row[i - pixelBytes];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < pixelBytes ? 0 : row[i - pixelBytes] & 0xff;
          row[i] += (byte) ((left + (above[i] & 0xff)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 0; i < pixelBytes && i < row.length; i++) {
          row[i] += above[i];
        }
        for (int i = pixelBytes; i < row.length; i++) {
          row[i] += (byte) paeth(row[i - pixelBytes] & 0xff, above[i] & 0xff, above[i - pixelBytes] & 0xff);
        }
      }
      default -> throw malformed("expected a row filter of 0 to 4, found %d".formatted(filter & 0xff));
    }
  }

  private static int paeth(int left, int up, int upLeft) {
    int fromLeft = Math.abs(up - upLeft);
    int fromUp = Math.abs(left - upLeft);
    int fromUpLeft = Math.abs(left + up - 2 * upLeft);
    if (fromLeft <= fromUp && fromLeft <= fromUpLeft) {
      return left;
    }
    return fromUp <= fromUpLeft ? up : upLeft;
  }

  /** Writes a row's pixels as RGB, the first at {@code out}, each {@code step} bytes after the one before. */
  private void toRgb(byte[] row, int columns, byte[] rgb, int out, int step) {
    if (colours != null) {
      int mask = (1 << bitDepth) - 1;
      for (int x = 0, bit = 0; x < columns; x++, bit += bitDepth, out += step) {
        int sample = row[bit >> 3] >> (8 - bitDepth - (bit & 7)) & mask;
        if (sample >= colours.length) {
          throw malformed("a pixel has colour %d, the palette has %d colours".formatted(sample, colours.length));
        }
        rgb[out] = (byte) (colours[sample] >> 16);
        rgb[out + 1] = (byte) (colours[sample] >> 8);
        rgb[out + 2] = (byte) colours[sample];
      }
    } else if (colourType == GRAY) { // 16 bits, which Pillow cuts off at 255
      for (int x = 0; x < columns; x++, out += step) {
        byte gray = row[2 * x] == 0 ? row[2 * x + 1] : (byte) 255;
        rgb[out] = gray;
        rgb[out + 1] = gray;
        rgb[out + 2] = gray;
      }
    } else {
      int sampleBytes = bitDepth / 8; // the first of two is the high one
      int pixelBytes = sampleBytes * channels();
      int green = colourType == GRAY_ALPHA ? 0 : sampleBytes;
      for (int at = 0, end = columns * pixelBytes; at < end; at += pixelBytes, out += step) {
        rgb[out] = row[at];
        rgb[out + 1] = row[at + green];
        rgb[out + 2] = row[at + 2 * green];
      }
    }
  }

  private int channels() {
    return switch (colourType) {
      case RGB -> 3;
      case GRAY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  private int int32(int at) {
    return (file[at] & 0xff) << 24 | (file[at + 1] & 0xff) << 16 | (file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff;
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: PNG: %s".formatted(source, what));
  }

  private InputException unsupported(String what) {
    return new InputException(Kind.UNSUPPORTED, "%s: PNG: %s".formatted(source, what));
  }
}
