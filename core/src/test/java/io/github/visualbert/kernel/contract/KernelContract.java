package io.github.visualbert.kernel.contract;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.ScalarKernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/**
 * What the tests of one operation share: the kernels in question, and operands in native memory.
 */
public abstract class KernelContract {
  /** Half the distance from 1 to the next float: the largest relative error of one rounding. */
  protected static final double ROUNDING = 0x1p-24;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The executable specification, whose bits all kernels must give. */
  protected final Kernels specification = new ScalarKernels();

  protected final Execution alone = new Execution(Workers.of(1), new Workspace());
  protected final Workspace operands = new Workspace();

  /** Failures of a table, so that all rows are seen. */
  protected final List<String> failures = new ArrayList<>();

  /** Returns the kernels under test. */
  protected abstract Kernels kernels();

  @AfterEach
  void freeMemory() {
    alone.workspace().close();
    operands.close();
  }

  /**
   * Returns random numbers in (-1, 1); lanes beyond the last row are NaN, which must not spread.
   */
  protected Matrix random(int rows, int columns, Matrix.Layout layout, long seed) {
    Matrix matrix = output(rows, columns, layout);
    Random random = new Random(seed);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        matrix.set(r, c, 2 * random.nextFloat() - 1);
      }
    }
    return matrix;
  }

  /** Returns a matrix full of NaN. */
  protected Matrix output(int rows, int columns, Matrix.Layout layout) {
    Matrix matrix = operands.matrix(rows, columns, layout);
    for (long i = 0; i < Matrix.floats(rows, columns, layout); i++) {
      matrix.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NaN);
    }
    return matrix;
  }

  /** Returns maps full of NaN. */
  protected FeatureMap map(FeatureMap.Order order, int maps, int channels, int height, int width) {
    FeatureMap map =
        order == FeatureMap.Order.PIXELS
            ? FeatureMap.of(operands, channels, height, width)
            : FeatureMap.stacked(operands, maps, channels, height, width);
    map.matrix().data().fill((byte) 0xff);
    return map;
  }

  /**
   * Fills maps with random numbers in (-1, 1); lanes without a pixel are NaN, which must not
   * spread.
   */
  protected static FeatureMap fill(FeatureMap map, long seed) {
    map.matrix().data().fill((byte) 0xff);
    Random random = new Random(seed);
    for (int m = 0; m < map.maps(); m++) {
      for (int c = 0; c < map.channels(); c++) {
        for (int p = 0; p < map.pixels(); p++) {
          map.set(m, c, p / map.width(), p % map.width(), 2 * random.nextFloat() - 1);
        }
      }
    }
    return map;
  }

  /** Returns a copy of the rows from begin to end, in the same layout. */
  protected Matrix rows(Matrix matrix, int begin, int end) {
    Matrix rows = output(end - begin, matrix.columns(), matrix.layout());
    for (int r = begin; r < end; r++) {
      for (int c = 0; c < matrix.columns(); c++) {
        rows.set(r - begin, c, matrix.get(r, c));
      }
    }
    return rows;
  }

  /** Returns a random weight of about unit gain at an odd address, as a file may have it. */
  protected Tensor weight(int out, int in, DType dtype, long seed) {
    long bytes = (long) out * in * dtype.byteSize();
    MemorySegment data = operands.floats(bytes / Float.BYTES + 2).asSlice(1, bytes);
    Random random = new Random(seed);
    double scale = 1 / Math.sqrt(in);
    for (long i = 0; i < (long) out * in; i++) {
      float value = (float) (random.nextGaussian() * scale);
      switch (dtype) {
        case F32 -> data.set(FLOAT, 4 * i, value);
        case F16 -> data.set(SHORT, 2 * i, Float.floatToFloat16(value));
        case BF16 -> data.set(SHORT, 2 * i, (short) (Float.floatToRawIntBits(value) >>> 16));
        default -> throw new IllegalArgumentException(dtype.toString());
      }
    }
    return new Tensor(dtype, new long[] {out, in}, data);
  }

  /** Returns a random vector with numbers in (-1, 1). */
  protected static float[] vector(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  /** Notes where two matrices of one shape differ in any bit; NaNs are all alike. */
  protected void compareBits(String what, Matrix actual, Matrix expected) {
    for (int r = 0; r < expected.rows(); r++) {
      for (int c = 0; c < expected.columns(); c++) {
        float a = actual.get(r, c);
        float b = expected.get(r, c);
        if (Float.floatToIntBits(a) != Float.floatToIntBits(b)) {
          failures.add("%s (%d, %d): %s (%a), expected %s (%a)".formatted(what, r, c, a, a, b, b));
          return;
        }
      }
    }
  }

  /** Notes a number that is off by more than the tolerance. */
  protected void compare(
      String what, int row, int column, float actual, double expected, double tolerance) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      failures.add(
          "%s (%d, %d): %s, expected %s within %s"
              .formatted(what, row, column, actual, expected, tolerance));
    }
  }
}
