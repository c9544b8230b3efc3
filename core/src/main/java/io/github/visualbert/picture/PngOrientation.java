package io.github.visualbert.picture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The chunks of a PNG that may state an orientation: Exif, Exif in hexadecimal digits as
 * ImageMagick writes it, and XMP. The last of each counts.
 */
final class PngOrientation {
  private static final String EXIF_TEXT = "Raw profile type exif";
  private static final String XMP_TEXT = "XML:com.adobe.xmp";

  /** The most bytes of a text chunk when decompressed, as in Pillow. */
  private static final int MAX_TEXT_BYTES = 1 << 20;

  /** A chunk's data. */
  private record Chunk(String type, int offset, int end) {}

  private final byte[] file;
  private Chunk exif;
  private Chunk exifText;
  private Chunk xmpText;

  PngOrientation(byte[] file) {
    this.file = file;
  }

  /** Keeps a chunk that may state an orientation. */
  void read(String type, int offset, int length) {
    Chunk chunk = new Chunk(type, offset, offset + length);
    switch (type) {
      case "eXIf" -> exif = chunk;
      case "tEXt", "zTXt", "iTXt" -> {
        if (startsWith(chunk, EXIF_TEXT)) {
          exifText = chunk;
        } else if (startsWith(chunk, XMP_TEXT)) {
          xmpText = chunk;
        }
      }
      default -> {}
    }
  }

  /** Returns the value of the orientation tag, from 1 to 8. */
  int value() {
    OrientationTag tag = new OrientationTag();
    if (exif != null) {
      tag.addExif(file, exif.offset, exif.end - exif.offset);
    } else if (exifText != null) {
      byte[] bytes = hexadecimal(text(exifText));
      tag.addExif(bytes, 0, bytes.length);
    }
    if (xmpText != null) {
      byte[] xmp = text(xmpText);
      tag.replaceXmp(xmp, 0, xmp.length);
    }
    return tag.value();
  }

  /** Returns whether a text chunk has this keyword, which a zero follows. */
  private boolean startsWith(Chunk chunk, String keyword) {
    int end = chunk.offset + keyword.length();
    return end < chunk.end
        && file[end] == 0
        && new String(file, chunk.offset, keyword.length(), StandardCharsets.ISO_8859_1)
            .equals(keyword);
  }

  /** Returns the text of a chunk, or nothing where it is invalid. */
  private byte[] text(Chunk chunk) {
    int at = afterZero(chunk.offset, chunk.end);
    boolean compressed = chunk.type.equals("zTXt");
    if (compressed) {
      at++; // the compression method, always deflate
    } else if (chunk.type.equals("iTXt")) {
      compressed = at < chunk.end && file[at] != 0;
      int afterLanguage = afterZero(at + 2, chunk.end);
      at = afterZero(afterLanguage, chunk.end); // the keyword in that language
    }
    byte[] text = Arrays.copyOfRange(file, Math.min(at, chunk.end), chunk.end);
    return compressed ? decompressed(text) : text;
  }

  private int afterZero(int start, int end) {
    int at = start;
    while (at < end && file[at] != 0) {
      at++;
    }
    return Math.min(at + 1, end);
  }

  private static byte[] decompressed(byte[] bytes) {
    byte[] text = new byte[MAX_TEXT_BYTES];
    int length = 0;
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(bytes);
      for (int count = -1; count != 0; length += count) {
        count = inflater.inflate(text, length, text.length - length);
      }
      return Arrays.copyOf(text, length);
    } catch (DataFormatException e) {
      return new byte[0];
    }
  }

  /** Returns the bytes that the digits from the fourth line on stand for. */
  private static byte[] hexadecimal(byte[] text) {
    String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", 4);
    try {
      return HexFormat.of().parseHex(lines.length < 4 ? "" : lines[3].replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
