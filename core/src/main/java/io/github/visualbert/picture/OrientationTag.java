package io.github.visualbert.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The orientation that a file states: an Exif tag or, where there is none, the same in XMP. Invalid
 * data count as none, as in Pillow's {@code ImageOps.exif_transpose}.
 */
final class OrientationTag {
  static final int UPRIGHT = 1;

  private static final byte[] IN_XMP = "tiff:Orientation".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream exif = new ByteArrayOutputStream();
  private byte[] xmp = {};

  /** Adds Exif data to those that are there: a JPEG may spread them over several segments. */
  void addExif(byte[] data, int offset, int length) {
    exif.write(data, offset, length);
  }

  void replaceXmp(byte[] data, int offset, int length) {
    xmp = Arrays.copyOfRange(data, offset, offset + length);
  }

  /** Returns the tag's value, from 1 to 8. */
  int value() {
    int value = Exif.orientation(exif.toByteArray());
    if (value == Exif.NO_TAG) {
      value = inXmp();
    }
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }

  /** Looks for {@code tiff:Orientation="6"} or {@code <tiff:Orientation>6}, without parsing XML. */
  private int inXmp() {
    for (int i = 0; i + IN_XMP.length + 3 <= xmp.length; i++) {
      int end = i + IN_XMP.length;
      if (Arrays.equals(xmp, i, end, IN_XMP, 0, IN_XMP.length)) {
        int digit = xmp[end] == '>' ? end + 1 : end + 2;
        boolean separated = xmp[end] == '>' || xmp[end] == '=' && xmp[end + 1] == '"';
        if (separated && xmp[digit] >= '0' && xmp[digit] <= '9') {
          return xmp[digit] - '0';
        }
      }
    }
    return UPRIGHT;
  }
}
