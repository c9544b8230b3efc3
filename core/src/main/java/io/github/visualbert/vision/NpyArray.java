package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.FileFormat;
import io.github.visualbert.internal.file.InputFiles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An array in NumPy's format 1, 2 or 3: half, single or double precision, either byte order, C or
 * Fortran order.
 *
 * <p>An array of Python objects is a pickle, that is a program; it is refused unread.
 */
record NpyArray(long[] shape, float[] values) {
  private static final int MAX_HEADER_BYTES = 1 << 16;

  static boolean recognises(byte[] file) {
    return InputFiles.startsWith(file, 0x93, 'N', 'U', 'M', 'P', 'Y');
  }

  /** Parses a whole file. The values are row-major, whatever the file's order. */
  static NpyArray parse(byte[] file, String source) {
    if (!recognises(file)) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: expected a NumPy array, found %s".formatted(source, FileFormat.describe(file)));
    }
    int major = file.length > 6 ? file[6] & 0xff : 0;
    if (file.length < 10 || major >= 2 && file.length < 12) {
      throw malformed(source, "ends at byte %d, within its header".formatted(file.length));
    }
    if (major < 1 || major > 3) {
      throw new InputException(
          Kind.UNSUPPORTED, "%s: NumPy format %d, expected 1, 2 or 3".formatted(source, major));
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headerStart = major == 1 ? 10 : 12;
    long headerBytes = major == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8) & 0xffffffffL;
    if (headerBytes > MAX_HEADER_BYTES || headerBytes > file.length - headerStart) {
      throw malformed(
          source,
          "the header claims %d bytes, found %d, expected at most %d"
              .formatted(headerBytes, file.length - headerStart, MAX_HEADER_BYTES));
    }
    NpyHeader header =
        new NpyHeader(
                new String(
                    file,
                    headerStart,
                    (int) headerBytes,
                    major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
                source)
            .parse();
    String descr = header.type();
    int bytesPerNumber = floatBytes(source, descr);
    long[] shape = header.sizes();
    int count = FeatureArrays.count(source, shape);
    int dataStart = headerStart + (int) headerBytes;
    if (file.length - dataStart != (long) count * bytesPerNumber) {
      throw malformed(
          source,
          "shape %s of %s needs %d bytes, found %d"
              .formatted(
                  FeatureArrays.shapeText(shape),
                  descr,
                  (long) count * bytesPerNumber,
                  file.length - dataStart));
    }
    bytes
        .position(dataStart)
        .order(descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    ByteBuffer data = bytes.slice().order(bytes.order());
    float[] values = FeatureArrays.toFloats(source, data, count, bytesPerNumber);
    return new NpyArray(
        shape, header.columnMajor() ? FeatureArrays.toRowMajor(values, shape) : values);
  }

  private static int floatBytes(String source, String descr) {
    if (descr.startsWith("|O") || descr.startsWith("O")) {
      throw new InputException(
          Kind.UNSUPPORTED,
          ("%s: holds pickled Python objects, which are never loaded; expected an array of floats"
                  + " (a detector's _info.npy is not its features)")
              .formatted(source));
    }
    return switch (descr) {
      case "<f2", ">f2" -> 2;
      case "<f4", ">f4" -> 4;
      case "<f8", ">f8" -> 8;
      default ->
          throw new InputException(
              Kind.UNSUPPORTED,
              "%s: holds numbers of type '%s', expected <f4, <f2 or <f8".formatted(source, descr));
    };
  }

  private static InputException malformed(String source, String what) {
    return new InputException(Kind.MALFORMED, "%s: NumPy: %s".formatted(source, what));
  }
}
