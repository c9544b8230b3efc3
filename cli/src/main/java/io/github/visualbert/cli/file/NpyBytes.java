package io.github.visualbert.cli.file;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Tensors as NumPy's {@code .npy} files. */
public final class NpyBytes {
  private static final int ALIGNMENT = 64;

  private NpyBytes() {}

  /** Returns the file of a tensor, F32, F64 or I64. */
  public static byte[] of(Tensor array) {
    // version 1.0: magic, length of the header, the header padded to a multiple of 64 bytes
    String type = array.dtype() == DType.I64 ? "<i8" : array.dtype() == DType.F64 ? "<f8" : "<f4";
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type, sizes(array.shape()));
    int length = (10 + header.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] file = new byte[Math.toIntExact(length + array.data().byteSize())];
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) (length - 10));
    bytes.put(
        (header + " ".repeat(length - 11 - header.length()) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    MemorySegment data = array.data();
    MemorySegment.copy(data, 0, MemorySegment.ofArray(file), length, data.byteSize());
    return file;
  }

  /** A tuple of one needs its comma in Python. */
  private static String sizes(long[] shape) {
    return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "))
        + (shape.length == 1 ? "," : "");
  }
}
