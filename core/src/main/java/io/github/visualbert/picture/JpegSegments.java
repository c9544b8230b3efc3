package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.ByteBuffer;

/**
 * The segments of a JPEG around its pixels: the frame, the meaning of its components, the
 * orientation, and a copy without metadata.
 *
 * <p>As in libjpeg, bytes between two segments are skipped, so that a segment with a wrong length
 * costs no more than itself.
 */
final class JpegSegments {
  /**
   * The most scans, more than any encoder writes. Each costs a pass over the whole picture, so more
   * of them are an attack.
   */
  private static final int MAX_SCANS = 200;

  static final int SOI = 0xd8;
  private static final int TEM = 0x01;
  private static final int SOF0 = 0xc0;
  private static final int SOF2 = 0xc2;
  private static final int JPG = 0xc8;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int DNL = 0xdc;
  private static final int DRI = 0xdd;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  private final byte[] file;
  private final String source;
  private final OrientationTag orientation = new OrientationTag();
  private JpegFrame frame;
  private boolean jfif;
  private int adobeTransform = -1;
  private boolean restarts;
  private boolean oneScan;
  private boolean ended;
  private final ByteBuffer bare;

  /** Reads and checks the segments; the pixels stay encoded. */
  JpegSegments(byte[] file, String source) {
    this.file = file;
    this.source = source;
    this.bare = read();
  }

  JpegFrame frame() {
    return frame;
  }

  /** Returns what the components stand for. */
  JpegComponents components() {
    return JpegComponents.of(frame.ids(), jfif, adobeTransform);
  }

  OrientationTag orientation() {
    return orientation;
  }

  /**
   * Returns the file without comments and application segments before the pixels, but with the
   * usual Huffman tables and an end marker.
   */
  ByteBuffer withoutApplications() {
    return bare;
  }

  /** Returns whether a marker follows the pixels; a truncated file may have none. */
  boolean isEnded() {
    return ended;
  }

  /**
   * Reads the segments before the first scan, and copies the file without those that a decoder does
   * not need.
   */
  private ByteBuffer read() {
    byte[] tables = JpegTables.segment();
    ByteBuffer copy = ByteBuffer.allocate(file.length + tables.length + 2);
    copy.put(file, 0, 2).put(tables);
    int at = 2;
    while (true) {
      at = nextMarker(at);
      if (at == file.length) {
        throw malformed("ends at byte %d, before the first scan".formatted(at));
      }
      int marker = marker(at);
      int end = end(at);
      if (marker == EOI) {
        throw malformed("the picture ends at byte %d, before its first scan".formatted(at));
      }
      if (end > file.length) {
        throw malformed(
            "ends at byte %d, within segment %02x at byte %d".formatted(file.length, marker, at));
      }
      if (marker == SOS) {
        checkFirstScan(at, end);
        return copy.put(file, at, endOfScans(at) - at).put((byte) 0xff).put((byte) EOI).flip();
      }
      readSegment(marker, at + 4, end - at - 4);
      if (!isSkipped(marker)) {
        copy.put(file, at, end - at);
      }
      at = end;
    }
  }

  /**
   * Returns the index of the first marker at or after an index, or the length of the file. A marker
   * is 0xff followed by neither zero, which escapes a 0xff among encoded pixels, nor another 0xff,
   * which is padding.
   */
  private int nextMarker(int at) {
    for (int i = at; i < file.length - 1; i++) {
      if (file[i] == (byte) 0xff && file[i + 1] != 0 && file[i + 1] != (byte) 0xff) {
        return i;
      }
    }
    return file.length;
  }

  private int marker(int at) {
    return file[at + 1] & 0xff;
  }

  /**
   * Returns the index after a segment. It lies beyond the end of the file where the segment is
   * truncated.
   */
  private int end(int at) {
    int marker = marker(at);
    if (marker == TEM || marker >= RST0 && marker <= RST7 || marker == EOI) {
      return at + 2;
    }
    if (marker < SOF0 && restarts) {
      return at + 2; // a decoder skips it to the next restart
    }
    if (marker < SOF0 || marker == JPG || marker == SOI || marker > DRI && !isSkipped(marker)) {
      throw malformed("marker %02x at byte %d is invalid here".formatted(marker, at));
    }
    if (file.length - at < 4) {
      return file.length + 1;
    }
    int length = int16(at + 2);
    if (length < 2 && !isSkipped(marker)) {
      throw malformed(
          "segment %02x of %d bytes at byte %d is invalid".formatted(marker, length, at));
    }
    return at + 2 + Math.max(2, length);
  }

  /** Returns whether decoders skip a segment, or read its first bytes at most. */
  private static boolean isSkipped(int marker) {
    return marker >= APP0 && marker <= APP15 || marker == COM || marker == DNL;
  }

  private int int16(int at) {
    return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
  }

  private void readSegment(int marker, int at, int length) {
    switch (marker) {
      case SOF0, 0xc1, SOF2 -> {
        if (frame != null) {
          throw malformed("expected one frame header, found a second at byte %d".formatted(at));
        }
        frame = JpegFrame.read(file, at, length, source);
        oneScan = marker != SOF2;
      }
      case 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf ->
          throw unsupported(
              "expected baseline, extended or progressive Huffman coding, found coding %d"
                  .formatted(marker - SOF0));
      case DRI -> restarts = length == 2 && int16(at) != 0;
      case APP0 -> jfif |= length >= 14 && startsWith(at, length, "JFIF\0");
      case APP1 -> {
        if (startsWith(at, length, "Exif\0\0")) {
          orientation.addExif(file, at + 6, length - 6);
        } else if (startsWith(at, length, "http://ns.adobe.com/xap/1.0/\0")) {
          orientation.replaceXmp(file, at, length);
        }
      }
      case APP14 -> {
        if (length >= 12 && startsWith(at, length, "Adobe")) {
          adobeTransform = file[at + 11] & 0xff;
        }
      }
      default -> {}
    }
  }

  private void checkFirstScan(int at, int end) {
    if (frame == null) {
      throw malformed("the picture begins before its header");
    }
    oneScan &= end - at > 4 && file[at + 4] == frame.components();
  }

  /**
   * Returns the index of the end marker, or of the end of the file where there is none.
   *
   * @param first the index of the first scan
   */
  private int endOfScans(int first) {
    int scans = 0;
    int at = first;
    int end = end(at);
    while (at < file.length && marker(at) != EOI && end <= file.length) {
      scans += marker(at) == SOS ? 1 : 0;
      at = nextMarker(end);
      end = at < file.length ? end(at) : at;
    }
    boolean complete = at < file.length && marker(at) == EOI;
    // Any marker ends the pixels of a single scan, even that of a truncated segment.
    ended = complete || at < file.length && isSkipped(marker(at));
    if (!complete && !oneScan) {
      throw malformed("ends at byte %d, before the end of the picture".formatted(file.length));
    }
    if (scans > MAX_SCANS) {
      throw unsupported("%d scans, expected at most %d".formatted(scans, MAX_SCANS));
    }
    return at;
  }

  private boolean startsWith(int at, int length, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (i >= length || file[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: JPEG: %s".formatted(source, what));
  }

  private InputException unsupported(String what) {
    return new InputException(Kind.UNSUPPORTED, "%s: JPEG: %s".formatted(source, what));
  }
}
