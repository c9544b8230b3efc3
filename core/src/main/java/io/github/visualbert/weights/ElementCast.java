package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Rounds the numbers of tensors to another floating-point type, to the nearest, ties to even. */
public final class ElementCast {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ElementCast() {}

  /**
   * Returns the numbers of a tensor as bytes of another type, in memory that is freed when nobody
   * refers to it any more.
   *
   * @param name the tensor's, for messages
   * @param to F32, F16 or BF16
   * @throws ModelException when a finite number has no finite one near it
   */
  public static MemorySegment cast(String name, Tensor tensor, DType to) {
    if (tensor.dtype() == to) {
      return tensor.data();
    }
    long count = tensor.elementCount();
    MemorySegment bytes = Arena.ofAuto().allocate(Math.multiplyExact(count, (long) to.byteSize()));
    for (long i = 0; i < count; i++) {
      float value = tensor.getFloat(i);
      float rounded =
          switch (to) {
            case F32 -> {
              bytes.set(FLOAT, 4 * i, value);
              yield value;
            }
            case F16 -> {
              short half = Float.floatToFloat16(value);
              bytes.set(SHORT, 2 * i, half);
              yield Float.float16ToFloat(half);
            }
            case BF16 -> {
              short half = toBfloat16(value);
              bytes.set(SHORT, 2 * i, half);
              yield Float.intBitsToFloat(half << 16);
            }
            default -> throw new IllegalArgumentException("expected F32, F16 or BF16, found " + to);
          };
      if (Float.isInfinite(rounded) && Float.isFinite(value)) {
        throw new ModelException(
            Kind.UNSUPPORTED, "tensor %s holds %s, too large for %s".formatted(name, value, to));
      }
    }
    return bytes;
  }

  /** Returns the upper half of a float's bits, rounded. */
  static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40); // quiet, whatever is cut off
    }
    int odd = bits >>> 16 & 1;
    return (short) (bits + 0x7fff + odd >>> 16);
  }
}
