package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import java.lang.foreign.MemorySegment;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.FloatingPointVector;

/**
 * A column of region features: lists of regions, which are lists of numbers, or tensors of one of
 * Arrow's two extension types. A batch of one picture counts as the picture.
 *
 * <p>Numbers in float32 that lie together in a mapped file are read in place; all others are
 * copied.
 */
final class ArrowRegions {
  private static final String EXPECTED =
      "lists of lists of float32, float16 or float64, or tensors of these";

  private final ArrowBatches batches;
  private final FieldVector column;
  private final ArrowTensors tensors; // null for nested lists

  /**
   * Reads the type of a column.
   *
   * @throws InputException when it is another one
   */
  ArrowRegions(ArrowBatches batches, FieldVector column) {
    this.batches = batches;
    this.column = column;
    this.tensors = ArrowTensors.of(batches, column);
    ArrowTypes types = new ArrowTypes(batches);
    if (tensors == null && !isLists(types)) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected %s, found %s"
              .formatted(column.getName(), EXPECTED, types.describe(column)));
    }
  }

  private boolean isLists(ArrowTypes types) {
    return types.isListOf(
        column,
        regions ->
            types.isListOf(
                regions,
                numbers -> types.isFloat(numbers) || types.isListOf(numbers, types::isFloat)));
  }

  boolean isNull(int row) {
    return ArrowCell.of(batches, column, row).isNull();
  }

  /**
   * Returns the features of a row that is not null.
   *
   * @param source the row, for messages
   * @throws InputException when they are invalid
   */
  VisualFeatures features(int row, String source) {
    ArrowCell cell = ArrowCell.of(batches, column, row);
    if (tensors != null) {
      ArrowTensors.Shaped tensor = tensors.at(cell);
      int[] begins = new int[tensor.regions()];
      for (int i = 0; i < begins.length; i++) {
        begins[i] = tensor.numbers().begin() + i * tensor.dim();
      }
      return features(tensor.numbers().of(), begins, tensor.dim(), source);
    }
    ArrowList regions = list(cell.vector(), cell.row());
    FieldVector inner = ArrowList.elements(regions.of());
    if (inner != null && ArrowList.elements(inner) != null) {
      if (regions.count() != 1) {
        throw new InputException(
            Kind.MISMATCH,
            "%s has %d pictures, expected 1".formatted(column.getName(), regions.count()));
      }
      regions = list(regions.of(), regions.begin());
    }
    return features(regions, source);
  }

  private ArrowList list(FieldVector lists, int row) {
    if (lists.isNull(row)) {
      throw hasNull();
    }
    return ArrowList.of(lists, row, column.getName());
  }

  private VisualFeatures features(ArrowList regions, String source) {
    if (regions.count() == 0) {
      throw new InputException(
          Kind.MISMATCH, column.getName() + " has no regions, expected at least 1");
    }
    int dim = list(regions.of(), regions.begin()).count();
    requireSize(column.getName(), regions.count(), dim);
    int[] begins = new int[regions.count()];
    for (int i = 0; i < begins.length; i++) {
      ArrowList columns = list(regions.of(), regions.begin() + i);
      if (columns.count() != dim) {
        throw new InputException(
            Kind.MISMATCH,
            "%s has %d columns in region %d, but %d in region 0"
                .formatted(column.getName(), columns.count(), i, dim));
      }
      begins[i] = columns.begin();
    }
    return features(ArrowList.elements(regions.of()), begins, dim, source);
  }

  /** Refuses a picture that is empty or too large. */
  static void requireSize(String name, long regions, long dim) {
    if (regions < 1 || dim < 1 || regions > VisualFeatures.MAX_NUMBERS / dim) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d regions of %d columns, expected at least 1 of each and at most %d numbers"
              .formatted(name, regions, dim, VisualFeatures.MAX_NUMBERS));
    }
  }

  private InputException hasNull() {
    return new InputException(Kind.MALFORMED, column.getName() + " has a null, expected numbers");
  }

  /** Returns the features whose regions begin at these numbers. */
  private VisualFeatures features(FieldVector numbers, int[] begins, int dim, String source) {
    boolean dense = true;
    for (int i = 0; i < begins.length; i++) {
      dense &= begins[i] == begins[0] + (long) i * dim;
      for (int j = 0; numbers.getNullCount() > 0 && j < dim; j++) {
        if (numbers.isNull(begins[i] + j)) {
          throw hasNull();
        }
      }
    }
    if (dense) {
      MemorySegment bytes = mapped(numbers, begins[0], begins.length * dim);
      if (bytes != null) {
        long[] shape = {begins.length, dim};
        return VisualFeatures.view(source, new Tensor(DType.F32, shape, bytes));
      }
    }
    FloatingPointVector floats = (FloatingPointVector) numbers;
    float[] values = new float[begins.length * dim];
    for (int i = 0; i < values.length; i++) {
      double value = floats.getValueAsDouble(begins[i / dim] + i % dim);
      values[i] = (float) value;
      if (Float.isInfinite(values[i]) && Double.isFinite(value)) {
        throw new InputException(
            Kind.UNSUPPORTED,
            "%s: %s is too large for a 32-bit float".formatted(column.getName(), value));
      }
    }
    return VisualFeatures.of(source, values, begins.length, dim);
  }

  /** Returns the bytes of numbers in a mapped file, or null where they are elsewhere. */
  private MemorySegment mapped(FieldVector numbers, long begin, long count) {
    if (!(numbers instanceof Float4Vector
        && batches.messages() instanceof MappedArrowMessages file)) {
      return null;
    }
    ArrowBuf data = numbers.getDataBuffer();
    data.checkBytes(begin * 4, (begin + count) * 4);
    return file.at(data.memoryAddress() + begin * 4, count * 4);
  }
}
