package io.github.visualbert.internal.file;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * What a file is, by its first bytes, so that one of the wrong format can be called by its name.
 *
 * <p>This is for messages. A reader that is going to read a file looks at the bytes itself.
 */
public enum FileFormat {
  // The first that fits counts, so formats with long signatures stand before vague ones.
  EMPTY("an empty file"),
  GIT_LFS_POINTER(
      "a Git LFS pointer; run `git lfs pull`",
      "version https://git-lfs.github.com/spec/",
      "version https://hawser.github.com/spec/"),
  PNG("a PNG picture", "\211PNG\r\n\32\n"),
  JPEG("a JPEG picture", "\377\330\377"),
  GIF("a GIF picture", "GIF8"),
  BMP("a BMP picture", "BM????\0\0\0\0"),
  WEBP("a WebP picture", "RIFF????WEBP"),
  TIFF("a TIFF picture", "II*\0", "MM\0*", "II+\0", "MM\0+"),
  AVIF("an AVIF picture", "????ftypavif", "????ftypavis"),
  HEIC("a HEIC picture", "????ftyphei", "????ftyphev", "????ftypmif1", "????ftypmsf1"),
  JPEG_2000("a JPEG 2000 picture", "\0\0\0\fjP  ", "\377O\377Q"),
  JPEG_XL("a JPEG XL picture", "\0\0\0\fJXL ", "\377\n"),
  PHOTOSHOP("a Photoshop picture", "8BPS"),
  ICON("an icon", "\0\0\1\0"),
  NETPBM("a Netpbm picture", "P1\n", "P2\n", "P3\n", "P4\n", "P5\n", "P6\n"),
  SVG("an SVG picture"),
  MP4("an MP4 or QuickTime video", "????ftyp"),
  PDF("a PDF", "%PDF-"),
  NUMPY("a NumPy array", "\223NUMPY"),
  NPZ("a NumPy archive"),
  PYTORCH("a PyTorch file", "\200\2\212\nl\374\234F\371 j\250P\31."),
  SAFETENSORS("a safetensors file"),
  HDF5("an HDF5 file", "\211HDF\r\n\32\n"),
  ONNX("an ONNX model"),
  GGUF("a GGUF model", "GGUF"),
  PICKLE("a Python pickle", "\200\2", "\200\3", "\200\4", "\200\5"),
  ARROW("an Arrow file", "ARROW1"),
  FEATHER_1("a Feather file of version 1", "FEA1"),
  PARQUET("a Parquet file", "PAR1"),
  ZIP("a zip archive", "PK\3\4", "PK\5\6"),
  GZIP("a gzip file; unpack it first", "\37\213"),
  ZSTANDARD("a Zstandard file; unpack it first", "(\265/\375"),
  BZIP2("a bzip2 file; unpack it first", "BZh?1AY"),
  XZ("an xz file; unpack it first", "\3757zXZ"),
  SEVEN_ZIP("a 7z archive; unpack it first", "7z\274\257"),
  TAR("a tar archive; unpack it first"),
  HTML("an HTML page; download the file itself"),
  XML("an XML file"),
  UTF_16("a text in UTF-16; save it as UTF-8", "\377\376", "\376\377"),
  JSON("a JSON file"),
  TEXT("a text"),
  UNKNOWN("a file");

  /** Enough for the signature of a tar archive, and for the comments before an SVG's root. */
  private static final int MAX_BYTES = 1024;

  private static final int MAX_SHOWN = 40;

  private final String words;
  private final String[] signatures; // '?' is any byte

  FileFormat(String words, String... signatures) {
    this.words = words;
    this.signatures = signatures;
  }

  /**
   * Recognises a format.
   *
   * @param head the file or its first bytes; 1024 are enough
   */
  public static FileFormat of(byte[] head) {
    if (head.length == 0) {
      return EMPTY;
    }
    for (FileFormat format : values()) {
      for (String signature : format.signatures) {
        if (isAt(head, 0, signature)) {
          return format == ZIP ? ofArchive(head) : format;
        }
      }
    }
    if (isSafetensors(head)) {
      return SAFETENSORS;
    }
    if (isOnnx(head)) {
      return ONNX;
    }
    if (isAt(head, 257, "ustar")) {
      return TAR;
    }
    return ofText(text(head));
  }

  /**
   * Says in a few words what a file is, and what to do where that does not depend on what was
   * expected, to stand after "found".
   *
   * @param head as for {@link #of}
   */
  public static String describe(byte[] head) {
    FileFormat format = of(head);
    return switch (format) {
      case TEXT -> "a text that starts with \"" + firstWords(text(head)) + "\"";
      case UNKNOWN -> "a file that starts with the bytes" + hex(head);
      default -> format.words;
    };
  }

  /** Returns whether a picture was meant, so that converting the file would help. */
  public boolean isPicture() {
    return ordinal() >= PNG.ordinal() && ordinal() <= SVG.ordinal();
  }

  /** Tells archives apart by the name of their first entry. */
  private static FileFormat ofArchive(byte[] head) {
    if (head.length < 30) {
      return ZIP;
    }
    int length = head[26] & 0xff | (head[27] & 0xff) << 8;
    int end = Math.min(head.length, 30 + length);
    String name = new String(head, 30, end - 30, StandardCharsets.ISO_8859_1);
    if (name.endsWith("/data.pkl")) {
      return PYTORCH;
    }
    return name.endsWith(".npy") ? NPZ : ZIP;
  }

  /** The length of the header in 8 bytes, and then the header, which is a JSON object. */
  private static boolean isSafetensors(byte[] head) {
    return isAt(head, 4, "\0\0\0\0{"); // nobody's header has 4 GiB
  }

  /**
   * An ONNX file is a protobuf message without a signature: the version of the format as field 1,
   * and then mostly the name of the producer as field 2, or the graph as field 7.
   */
  private static boolean isOnnx(byte[] head) {
    if (head.length < 5 || head[0] != 0x08 || head[1] < 1 || head[1] > 0x20) {
      return false;
    }
    if (head[2] == 0x3a) {
      return true;
    }
    int end = 4 + head[3];
    boolean named = head[2] == 0x12 && head[3] > 0 && end <= head.length;
    for (int i = 4; named && i < end; i++) {
      named = head[i] >= ' ' && head[i] < 0x7f;
    }
    return named;
  }

  private static FileFormat ofText(String text) {
    String start = text.stripLeading().toLowerCase(Locale.ROOT);
    if (start.isEmpty()) {
      return UNKNOWN;
    }
    if (start.startsWith("<")) {
      if (start.startsWith("<!doctype html") || start.contains("<html")) {
        return HTML;
      }
      if (start.contains("<svg")) {
        return SVG;
      }
      return start.startsWith("<?xml") ? XML : TEXT;
    }
    return start.startsWith("{") || start.startsWith("[") ? JSON : TEXT;
  }

  /** Returns the first bytes as text, or nothing where they are no UTF-8 or hold control bytes. */
  private static String text(byte[] head) {
    int length = Math.min(head.length, MAX_BYTES);
    CharBuffer chars = CharBuffer.allocate(length);
    // The last character may be cut, so the end is not the end of the input.
    boolean malformed =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(head, 0, length), chars, false)
            .isError();
    String text = chars.flip().toString();
    if (malformed || text.chars().anyMatch(c -> c < ' ' && !Character.isWhitespace(c))) {
      return "";
    }
    return text.startsWith("\ufeff") ? text.substring(1) : text; // a byte order mark
  }

  private static String firstWords(String text) {
    String line = text.strip().lines().findFirst().orElse("");
    StringBuilder shown = new StringBuilder();
    line.codePoints()
        .limit(MAX_SHOWN)
        .map(c -> isPrintable(c) ? c : '?')
        .forEach(shown::appendCodePoint);
    return shown.length() < line.length() ? shown + "…" : shown.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT, // may turn the direction of what follows
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String hex(byte[] head) {
    StringBuilder hex = new StringBuilder();
    for (byte b : Arrays.copyOf(head, Math.min(8, head.length))) {
      hex.append(" %02x".formatted(b));
    }
    return hex.toString();
  }

  private static boolean isAt(byte[] head, int offset, String signature) {
    if (head.length < offset + signature.length()) {
      return false;
    }
    for (int i = 0; i < signature.length(); i++) {
      if (signature.charAt(i) != '?' && (head[offset + i] & 0xff) != signature.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
