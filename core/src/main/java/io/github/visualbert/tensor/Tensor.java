package io.github.visualbert.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A dense row-major view on memory: an element type, a shape and the bytes.
 *
 * <p>A tensor owns nothing. It is valid as long as the arena of its segment is open, and as
 * thread-safe as its bytes: the library never writes to a tensor that it was given. Data need not
 * be aligned.
 *
 * @see DType
 */
public final class Tensor {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DType dtype;
  private final long[] shape;
  private final long elementCount;
  private final MemorySegment data;

  /**
   * Makes a view on bytes.
   *
   * @param shape the sizes, outermost first; empty for a scalar
   * @param data exactly the bytes of the elements
   * @throws IllegalArgumentException when a size is negative or the bytes do not fit the shape
   */
  public Tensor(DType dtype, long[] shape, MemorySegment data) {
    this.dtype = dtype;
    this.shape = shape.clone();
    this.data = data;
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, size);
    }
    this.elementCount = count;
    if (data.byteSize() != Math.multiplyExact(count, (long) dtype.byteSize())) {
      throw new IllegalArgumentException(
          "%s %s needs %d bytes, found %d"
              .formatted(dtype, Arrays.toString(shape), count * dtype.byteSize(), data.byteSize()));
    }
  }

  /** Copies floats to a tensor on the heap. */
  public static Tensor of(float[] values, long... shape) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    for (int i = 0; i < values.length; i++) {
      bytes.set(FLOAT, 4L * i, values[i]);
    }
    return new Tensor(DType.F32, shape, bytes);
  }

  /** Copies integers to an I64 tensor on the heap. */
  public static Tensor of(long[] values, long... shape) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
    for (int i = 0; i < values.length; i++) {
      bytes.set(LONG, 8L * i, values[i]);
    }
    return new Tensor(DType.I64, shape, bytes);
  }

  public DType dtype() {
    return dtype;
  }

  /** Returns the sizes, outermost first; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /** Returns the size of one dimension; negative numbers count from the last. */
  public long size(int dimension) {
    return shape[dimension < 0 ? shape.length + dimension : dimension];
  }

  public long elementCount() {
    return elementCount;
  }

  /** Returns the bytes of the elements, without a copy. */
  public MemorySegment data() {
    return data;
  }

  /**
   * Returns element {@code index} in row-major order, converted to float; integers and F64 round to
   * nearest.
   */
  public float getFloat(long index) {
    return switch (dtype) {
      case F32 -> data.get(FLOAT, 4 * index);
      case F16 -> Float.float16ToFloat(data.get(SHORT, 2 * index));
      case BF16 -> Float.intBitsToFloat(data.get(SHORT, 2 * index) << 16);
      case F64 -> (float) data.get(DOUBLE, 8 * index);
      case BOOL, U8, I8, I16, U16, I32, U32, I64, U64 -> (float) getLong(index);
    };
  }

  /**
   * Returns element {@code index} in row-major order of an integer or boolean tensor.
   *
   * @throws IllegalArgumentException for a floating-point tensor, which is never silently truncated
   */
  public long getLong(long index) {
    return switch (dtype) {
      case I64, U64 -> data.get(LONG, 8 * index);
      case I32 -> data.get(INT, 4 * index);
      case U32 -> Integer.toUnsignedLong(data.get(INT, 4 * index));
      case I16 -> data.get(SHORT, 2 * index);
      case U16 -> Short.toUnsignedLong(data.get(SHORT, 2 * index));
      case I8 -> data.get(ValueLayout.JAVA_BYTE, index);
      case U8 -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, index));
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, index) == 0 ? 0 : 1;
      case F16, BF16, F32, F64 ->
          throw new IllegalArgumentException("expected integers, found " + dtype);
    };
  }

  /** Returns all elements as floats, in row-major order; a copy. */
  public float[] toFloatArray() {
    float[] values = new float[Math.toIntExact(elementCount)];
    copyTo(0, values, 0, values.length);
    return values;
  }

  /**
   * Copies {@code count} elements in row-major order, converted like {@link #getFloat}, from
   * element {@code index} into {@code target} from {@code offset}.
   *
   * @throws IndexOutOfBoundsException when the tensor or the array is too short
   */
  public void copyTo(long index, float[] target, int offset, int count) {
    Objects.checkFromIndexSize(index, count, elementCount);
    Objects.checkFromIndexSize(offset, count, target.length);
    switch (dtype) {
      case F32 -> MemorySegment.copy(data, FLOAT, 4 * index, target, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = Float.float16ToFloat(data.get(SHORT, 2 * (index + i)));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = Float.intBitsToFloat(data.get(SHORT, 2 * (index + i)) << 16);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          target[offset + i] = getFloat(index + i);
        }
      }
    }
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }
}
