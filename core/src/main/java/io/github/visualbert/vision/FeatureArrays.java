package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Conversions of the numbers of feature files to floats. */
final class FeatureArrays {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FeatureArrays() {}

  /** The shape as NumPy prints it. */
  static String shapeText(long[] shape) {
    String inside = Arrays.toString(shape);
    inside = inside.substring(1, inside.length() - 1);
    return shape.length == 1 ? "(" + inside + ",)" : "(" + inside + ")";
  }

  /**
   * Returns the number of elements of a shape, at most {@link VisualFeatures#MAX_NUMBERS}.
   *
   * @throws InputException when there are more, or a size is negative
   */
  static int count(String source, long[] shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new InputException(
            Kind.MALFORMED, "%s: negative size in shape %s".formatted(source, shapeText(shape)));
      }
      // A zero does not end the loop, so it hides no absurd size behind it. Both factors are at
      // most 2^24, so the product does not overflow.
      if (size > VisualFeatures.MAX_NUMBERS || count * size > VisualFeatures.MAX_NUMBERS) {
        throw new InputException(
            Kind.UNSUPPORTED,
            "%s: shape %s, expected at most %d numbers"
                .formatted(source, shapeText(shape), VisualFeatures.MAX_NUMBERS));
      }
      count *= size;
    }
    return (int) count;
  }

  /** Converts numbers of half, single or double precision, told apart by their size in bytes. */
  static float[] toFloats(String source, ByteBuffer data, int count, int bytesPerNumber) {
    float[] values = new float[count];
    switch (bytesPerNumber) {
      case 2 -> {
        for (int i = 0; i < count; i++) {
          values[i] = Float.float16ToFloat(data.getShort());
        }
      }
      case 4 -> data.asFloatBuffer().get(values);
      case 8 -> {
        for (int i = 0; i < count; i++) {
          double value = data.getDouble();
          values[i] = (float) value;
          if (Float.isInfinite(values[i]) && Double.isFinite(value)) {
            throw new InputException(
                Kind.UNSUPPORTED,
                "%s: %s is too large for a 32-bit float".formatted(source, value));
          }
        }
      }
      default ->
          throw new IllegalArgumentException(
              "expected 2, 4 or 8 bytes a number, found " + bytesPerNumber);
    }
    return values;
  }

  /** Converts the numbers of an F16, BF16, F32 or F64 tensor, row-major. */
  static float[] toFloats(String source, Tensor tensor) {
    int count = count(source, tensor.shape());
    float[] values = new float[count];
    switch (tensor.dtype()) {
      case F32 -> MemorySegment.copy(tensor.data(), FLOAT, 0, values, 0, count);
      case F16, BF16 -> {
        for (int i = 0; i < count; i++) {
          values[i] = tensor.getFloat(i);
        }
      }
      case F64 ->
          values =
              toFloats(
                  source,
                  tensor.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN),
                  count,
                  Double.BYTES);
      default ->
          throw new InputException(
              Kind.UNSUPPORTED,
              "%s: holds %s, expected F32, F16, BF16 or F64".formatted(source, tensor.dtype()));
    }
    return values;
  }

  /** Transposes column-major numbers, whose first index runs fastest, to row-major ones. */
  static float[] toRowMajor(float[] columnMajor, long[] shape) {
    int last = shape.length - 1;
    int columns = shape.length == 0 ? 1 : (int) shape[last];
    int rows = columns == 0 ? 0 : columnMajor.length / columns;
    if (shape.length > 2 && rows != shape[last - 1]) {
      return columnMajor; // no features of one picture, to be refused for their shape
    }
    float[] values = new float[columnMajor.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        values[r * columns + c] = columnMajor[c * rows + r];
      }
    }
    return values;
  }
}
