package io.github.visualbert.weights;

import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What a weight file says about one tensor.
 *
 * @param name as the file spells it
 * @param dtype the element type as safetensors names it, which may be one that {@link DType} does
 *     not have, such as {@code F8_E4M3}
 * @param shape the sizes, outermost first; empty for a scalar
 * @param byteSize the bytes its elements occupy when laid out densely
 */
public record TensorInfo(String name, String dtype, List<Long> shape, long byteSize) {
  private static final int LONGEST_NAME = 120;

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Returns the element type, or empty when this library cannot read such elements. */
  public Optional<DType> supportedDType() {
    for (DType known : DType.values()) {
      if (known.name().equals(dtype)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /** Returns the sizes, outermost first. */
  public long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  public long elementCount() {
    return elementCount(shape);
  }

  /**
   * Returns the product of sizes, from the outermost in.
   *
   * @throws ArithmeticException when it overflows on the way
   */
  static long elementCount(List<Long> shape) {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  /** Returns a name for an error message: in quotes, on one line, and not longer than a line. */
  public static String quote(String name) {
    return JsonWriter.quote(
        name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...");
  }
}
