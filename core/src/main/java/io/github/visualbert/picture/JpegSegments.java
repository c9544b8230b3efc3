package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.ByteBuffer;

/**
 * The segments of a JPEG before its pixels: the size, what the components mean, and a copy without
 * what only describes it.
 */
final class JpegSegments {
  /** What the numbers of the components stand for. */
  enum Components {
    GRAY,
    RGB,
    YCC,
    CMYK,
    YCCK
  }

  /**
   * More scans than any encoder writes would only be there to waste time: each visits the whole
   * picture.
   */
  private static final int MOST_SCANS = 200;

  static final int SOI = 0xd8;
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
  private final ByteBuffer bare;

  /** Reads and checks the segments; the pixels are left coded. */
  JpegSegments(byte[] file, String source) {
    this.file = file;
    this.source = source;
    this.bare = read();
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int componentCount() {
    return componentIds.length;
  }

  /** Returns the file without comments and application segments. */
  ByteBuffer withoutApplications() {
    return bare;
  }

  /**
   * Reads the segments before the first scan, and copies the file without those that a decoder can
   * do without.
   */
  private ByteBuffer read() {
    ByteBuffer bare = ByteBuffer.allocate(file.length).put(file, 0, 2);
    int at = 2;
    while (true) {
      if (file.length - at < 4 || file[at] != (byte) 0xff) {
        throw malformed(
            "expected a segment at byte %d, found %s"
                .formatted(at, at < file.length ? "other bytes" : "the end"));
      }
      int marker = file[at + 1] & 0xff;
      if (marker == 0xff) { // padding
        at++;
        continue;
      }
      int length = (file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff;
      if (marker < 0xc0
          || marker >= 0xd0 && marker <= EOI
          || length < 2
          || length > file.length - at - 2) {
        throw malformed(
            "segment %02x of %d bytes at byte %d cannot be".formatted(marker, length, at));
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
              "expected baseline, extended or progressive Huffman coding, found coding %d"
                  .formatted(marker - 0xc0));
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
      throw malformed(
          "the frame header of %d bytes at byte %d contradicts itself".formatted(length, at));
    }
    int components = file[at + 5] & 0xff;
    if (file[at] != 8 || components != 1 && components != 3 && components != 4) {
      throw unsupported(
          "expected 1, 3 or 4 components of 8 bits, found %d of %d"
              .formatted(components, file[at] & 0xff));
    }
    height = (file[at + 1] & 0xff) << 8 | file[at + 2] & 0xff;
    width = (file[at + 3] & 0xff) << 8 | file[at + 4] & 0xff;
    componentIds = new byte[components];
    for (int i = 0; i < components; i++) {
      componentIds[i] = file[at + 6 + 3 * i];
    }
  }

  /**
   * A zero follows every 0xff among the coded pixels, so a marker is a marker wherever it stands.
   */
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

  /** Decides what the components mean as libjpeg does (jdapimin.c, default_decompress_parms). */
  Components components() {
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
    return componentIds[0] == 'R' && componentIds[1] == 'G' && componentIds[2] == 'B'
        ? Components.RGB
        : Components.YCC;
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: JPEG: %s".formatted(source, what));
  }

  private InputException unsupported(String what) {
    return new InputException(Kind.UNSUPPORTED, "%s: JPEG: %s".formatted(source, what));
  }
}
