package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes a PNG (W3C, third edition): every colour type, bit depth, filter and interlacing.
 *
 * <p>ImageIO is not used because it takes longer to start than the answer to a question may take,
 * and because it maps gray through a colour space, which gives other bytes than Pillow's.
 */
final class PngDecoder {
  /** Deflate expands two bits to at most 258 bytes. */
  private static final int MAX_BYTES_PER_BYTE = 1032;

  /** Adam7: first column, first row, column step and row step of each pass. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final byte[] file;
  private final String source;
  private final PngChunks chunks;
  private final int width;
  private final int height;
  private final int[] colours;

  /** Reads the chunks, which are all checked before a pixel is decoded. */
  PngDecoder(byte[] file, String source) {
    this.file = file;
    this.source = source;
    chunks = new PngChunks(file, source);
    width = chunks.width();
    height = chunks.height();
    colours = chunks.colours();
  }

  static boolean recognises(byte[] file) {
    return InputFiles.startsWith(file, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n');
  }

  Picture decode() {
    int pixelBits = chunks.bitDepth() * chunks.channels();
    long most = chunks.imageDataBytes() * MAX_BYTES_PER_BYTE * 8 / pixelBits;
    if (chunks.isCutShort() && most < (long) width * height) {
      throw tooShort();
    }
    Picture.checkSize(source, width, height, most);
    byte[] rgb = new byte[3 * width * height];
    try (Inflater inflater = new Inflater()) {
      for (int[] pass : chunks.interlaced() ? ADAM7 : ONE_PASS) {
        decodePass(inflater, pixelBits, rgb, pass[0], pass[1], pass[2], pass[3]);
      }
    }
    return new Picture(source, width, height, rgb, chunks.orientation().value());
  }

  private void decodePass(
      Inflater inflater, int pixelBits, byte[] rgb, int x0, int y0, int dx, int dy) {
    int columns = (width - x0 + dx - 1) / dx;
    if (columns <= 0) {
      return;
    }
    int pixelBytes = Math.max(1, pixelBits / 8);
    int rowBytes = (int) (((long) columns * pixelBits + 7) / 8);
    byte[] above = new byte[1 + rowBytes];
    byte[] row = new byte[1 + rowBytes]; // the first is the filter
    for (int y = y0; y < height; y += dy) {
      if (inflater.finished()) {
        Arrays.fill(row, (byte) 0); // as in Pillow, where data of whole rows end early
      } else {
        inflate(inflater, row);
        unfilter(row, above, pixelBytes);
      }
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
          if (inflater.finished() || inflater.needsDictionary() || chunks.imageData().isEmpty()) {
            throw tooShort();
          }
          PngChunks.Span next = chunks.imageData().poll();
          inflater.setInput(file, next.offset(), next.length());
        }
      }
    } catch (DataFormatException e) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: PNG: the image data cannot be decompressed (%s)".formatted(source, e.getMessage()),
          e);
    }
  }

  /**
   * Undoes the filter of a row: every byte was stored as its difference from a prediction of the
   * bytes to the left and above.
   */
  private void unfilter(byte[] row, byte[] above, int pixelBytes) {
    int second = 1 + pixelBytes;
    switch (row[0]) {
      case 0 -> {}
      case 1 -> {
        for (int i = second; i < row.length; i++) {
          row[i] += row[i - pixelBytes];
        }
      }
      case 2 -> {
        for (int i = 1; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 1; i < row.length; i++) {
          int left = i < second ? 0 : row[i - pixelBytes] & 0xff;
          row[i] += (byte) ((left + (above[i] & 0xff)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 1; i < second && i < row.length; i++) {
          row[i] += above[i];
        }
        for (int i = second; i < row.length; i++) {
          row[i] +=
              (byte)
                  paeth(row[i - pixelBytes] & 0xff, above[i] & 0xff, above[i - pixelBytes] & 0xff);
        }
      }
      default ->
          throw malformed("expected a row filter of 0 to 4, found %d".formatted(row[0] & 0xff));
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

  /**
   * Writes a row's pixels as RGB, the first at {@code out}, each {@code step} bytes after the one
   * before.
   */
  private void toRgb(byte[] row, int columns, byte[] rgb, int out, int step) {
    if (colours != null) {
      int bitDepth = chunks.bitDepth();
      int mask = (1 << bitDepth) - 1;
      for (int x = 0, bit = 8; x < columns; x++, bit += bitDepth, out += step) {
        int sample = row[bit >> 3] >> (8 - bitDepth - (bit & 7)) & mask;
        rgb[out] = (byte) (colours[sample] >> 16);
        rgb[out + 1] = (byte) (colours[sample] >> 8);
        rgb[out + 2] = (byte) colours[sample];
      }
    } else if (chunks.channels() == 1) { // 16-bit gray, which Pillow clamps to 255
      for (int x = 0; x < columns; x++, out += step) {
        byte gray = row[1 + 2 * x] == 0 ? row[2 + 2 * x] : (byte) 255;
        rgb[out] = gray;
        rgb[out + 1] = gray;
        rgb[out + 2] = gray;
      }
    } else {
      int sampleBytes = chunks.bitDepth() / 8; // the first of two is the high one
      int pixelBytes = sampleBytes * chunks.channels();
      int green = chunks.channels() == 2 ? 0 : sampleBytes; // gray and alpha
      for (int at = 1, end = 1 + columns * pixelBytes; at < end; at += pixelBytes, out += step) {
        rgb[out] = row[at];
        rgb[out + 1] = row[at + green];
        rgb[out + 2] = row[at + 2 * green];
      }
    }
  }

  private InputException tooShort() {
    return malformed(
        chunks.isCutShort()
            ? "ends at byte %d, within its image data".formatted(file.length)
            : "the image data end before the last row");
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: PNG: %s".formatted(source, what));
  }
}
