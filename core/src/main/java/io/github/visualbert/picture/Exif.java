package io.github.visualbert.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The orientation tag in Exif data, which are a TIFF file without a picture.
 *
 * <p>The first directory is read as far as it goes. An entry whose value lies beyond the end stops
 * the reading, as in Pillow.
 */
final class Exif {
  /** The value for data without the tag. */
  static final int NO_TAG = 0;

  private static final int ORIENTATION = 0x0112;
  private static final byte[] PREFIX = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private static final int ENTRY_BYTES = 12;

  private Exif() {}

  /**
   * Finds the orientation.
   *
   * @return the tag's value from 1 to 8, which is 1 where the data or the value are invalid, or
   *     {@link #NO_TAG}
   */
  static int orientation(byte[] data) {
    int start = 0;
    while (startsWith(data, start, PREFIX)) {
      start += PREFIX.length;
    }
    if (start == data.length) {
      return NO_TAG;
    }
    ByteBuffer tiff = ByteBuffer.wrap(data, start, data.length - start).slice();
    if (tiff.limit() < 8 || !setOrder(tiff)) {
      return OrientationTag.UPRIGHT;
    }
    long directory = tiff.getInt(4) & 0xffffffffL;
    return directory + 2 <= tiff.limit() ? inDirectory(tiff, (int) directory) : NO_TAG;
  }

  private static boolean startsWith(byte[] data, int at, byte[] prefix) {
    return data.length - at >= prefix.length
        && Arrays.equals(data, at, at + prefix.length, prefix, 0, prefix.length);
  }

  /** Returns whether this is the header of a TIFF, also with the bytes of its 42 swapped. */
  private static boolean setOrder(ByteBuffer tiff) {
    int mark = tiff.getShort(0);
    int version = tiff.getShort(2);
    tiff.order(mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    return (mark == 0x4949 || mark == 0x4d4d) && (version == 0x002a || version == 0x2a00);
  }

  private static int inDirectory(ByteBuffer tiff, int directory) {
    int entries = tiff.getShort(directory) & 0xffff;
    int found = NO_TAG;
    int at = directory + 2;
    for (int i = 0; i < entries && at + ENTRY_BYTES <= tiff.limit(); i++, at += ENTRY_BYTES) {
      int type = tiff.getShort(at + 2);
      long size = (tiff.getInt(at + 4) & 0xffffffffL) * bytes(type);
      long value = size > 4 ? tiff.getInt(at + 8) & 0xffffffffL : at + 8;
      if (value + size > tiff.limit()) {
        break;
      }
      if (tiff.getShort(at) == ORIENTATION && size > 0) {
        double number = number(tiff, type, (int) value);
        found =
            number >= 1 && number <= 8 && number % 1 == 0 ? (int) number : OrientationTag.UPRIGHT;
      }
    }
    return found;
  }

  /** Returns the size of a value, or 0 for types that do not exist. */
  private static int bytes(int type) {
    return switch (type) {
      case 1, 2, 6, 7 -> 1; // BYTE, ASCII, SBYTE, UNDEFINED
      case 3, 8 -> 2; // SHORT, SSHORT
      case 4, 9, 11, 13 -> 4; // LONG, SLONG, FLOAT, IFD
      case 5, 10, 12, 16 -> 8; // RATIONAL, SRATIONAL, DOUBLE, LONG8
      default -> 0;
    };
  }

  /** Returns the first number of an entry, or NaN where it has bytes or text. */
  private static double number(ByteBuffer tiff, int type, int at) {
    return switch (type) {
      case 3 -> tiff.getShort(at) & 0xffff;
      case 4, 13 -> tiff.getInt(at) & 0xffffffffL;
      case 5 -> (double) (tiff.getInt(at) & 0xffffffffL) / (tiff.getInt(at + 4) & 0xffffffffL);
      case 6 -> tiff.get(at);
      case 8 -> tiff.getShort(at);
      case 9 -> tiff.getInt(at);
      case 10 -> (double) tiff.getInt(at) / tiff.getInt(at + 4);
      case 11 -> tiff.getFloat(at);
      case 12 -> tiff.getDouble(at);
      case 16 -> tiff.getLong(at);
      default -> Double.NaN;
    };
  }
}
