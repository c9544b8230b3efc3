package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.dictionary.Dictionary;

/**
 * A column of the current record batch.
 *
 * <p>The file is not trusted. Arrow checks the bounds of its reads; this class checks the sizes.
 */
final class ArrowColumn {
  /** Maximum bytes of text plus elements of lists in one value, nested lists included. */
  private static final int MAX_SIZE = 1 << 20;

  /** Above it, a double does not represent every integer. */
  private static final double MAX_EXACT = 1L << 53;

  private static final int UUID_BYTES = 16;

  private final ArrowBatches batches;
  private final FieldVector vector;

  ArrowColumn(ArrowBatches batches, FieldVector vector) {
    this.batches = batches;
    this.vector = vector;
  }

  String name() {
    return vector.getName();
  }

  boolean isNull(int row) {
    return vector.isNull(row);
  }

  /** Returns whether the values are texts, plain or dictionary-encoded. */
  boolean isText() {
    FieldVector values = values(vector);
    return values instanceof VarCharVector
        || values instanceof LargeVarCharVector
        || values instanceof ViewVarCharVector;
  }

  /** Returns whether the values are integers that fit a signed 64-bit integer. */
  boolean isInteger() {
    return values(vector) instanceof BaseIntVector integers && !(integers instanceof UInt8Vector);
  }

  /** Returns the type of the values, for messages. */
  String describe() {
    return values(vector).getField().getType().toString();
  }

  private FieldVector values(FieldVector column) {
    Dictionary dictionary = dictionary(column);
    return dictionary == null ? column : dictionary.getVector();
  }

  private Dictionary dictionary(FieldVector column) {
    return column.getField().getDictionary() == null
        ? null
        : batches.lookup(column.getField().getDictionary().getId());
  }

  /**
   * Returns a value as {@link io.github.visualbert.internal.json.Json#object} takes it: a text, a
   * number, a list of such values, or null. A whole number is an integer, whatever its type.
   */
  Object value(int row) {
    return value(vector, row, new long[] {MAX_SIZE});
  }

  private Object value(FieldVector column, int row, long[] left) {
    if (column.isNull(row)) {
      return null;
    }
    Dictionary dictionary = dictionary(column);
    if (dictionary != null) {
      long index = ((BaseIntVector) column).getValueAsLong(row);
      if (index < 0 || index >= dictionary.getVector().getValueCount()) {
        throw new InputException(
            Kind.MALFORMED,
            "%s points to value %d of a dictionary of %d"
                .formatted(name(), index, dictionary.getVector().getValueCount()));
      }
      return value(dictionary.getVector(), (int) index, left);
    }
    return switch (column) {
      case UInt8Vector integers -> unsigned(integers.getValueAsLong(row));
      case BaseIntVector integers -> integers.getValueAsLong(row);
      case FloatingPointVector floats -> number(floats.getValueAsDouble(row));
      case FixedSizeBinaryVector bytes when bytes.getByteWidth() == UUID_BYTES ->
          uuid(bytes.get(row));
      case VarCharVector texts -> {
        ArrowBuf offsets = texts.getOffsetBuffer();
        long begin = offsets.getInt(row * 4L);
        yield text(texts, begin, offsets.getInt((row + 1) * 4L), left);
      }
      case LargeVarCharVector texts -> {
        ArrowBuf offsets = texts.getOffsetBuffer();
        long begin = offsets.getLong(row * 8L);
        yield text(texts, begin, offsets.getLong((row + 1) * 8L), left);
      }
      case ViewVarCharVector texts -> {
        spend(texts.getValueLength(row), left);
        yield new String(texts.get(row), StandardCharsets.UTF_8);
      }
      default -> {
        Elements elements = elements(column, row);
        if (elements == null) {
          throw unexpected("texts, integers or lists of them");
        }
        spend(elements.count(), left);
        List<Object> values = new ArrayList<>();
        for (long i = elements.begin(); i < elements.end(); i++) {
          values.add(value(elements.of(), (int) i, left));
        }
        yield values;
      }
    };
  }

  private static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private Object number(double value) {
    if (!Double.isFinite(value)) {
      throw new InputException(Kind.MALFORMED, name() + " is " + value + ", expected a number");
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < MAX_EXACT;
    return whole ? (Object) (long) value : (Object) value;
  }

  private static String uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }

  private String text(FieldVector column, long begin, long end, long[] left) {
    spend(end - begin, left);
    byte[] utf8 = new byte[(int) (end - begin)];
    column.getDataBuffer().getBytes(begin, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /**
   * Limits the size of a value: lists may share elements, so a small file may hold a huge value.
   */
  private void spend(long size, long[] left) {
    if (size < 0 || size > left[0]) {
      throw new InputException(
          Kind.MALFORMED,
          "%s has a value of %d bytes or elements, expected at most %d in all"
              .formatted(name(), size, MAX_SIZE));
    }
    left[0] -= size;
  }

  /** The elements of one list. */
  private record Elements(FieldVector of, long begin, long end) {
    long count() {
      return end - begin;
    }
  }

  /** Returns the elements of a list, or null if the column does not hold lists. */
  private Elements elements(FieldVector column, long row) {
    Elements elements;
    switch (column) {
      case FixedSizeListVector lists -> {
        long size = lists.getListSize();
        elements = new Elements(lists.getDataVector(), row * size, (row + 1) * size);
      }
      case ListVector lists -> {
        long begin = lists.getOffsetBuffer().getInt(row * 4);
        long end = lists.getOffsetBuffer().getInt((row + 1) * 4);
        elements = new Elements(lists.getDataVector(), begin, end);
      }
      case LargeListVector lists -> {
        long begin = lists.getOffsetBuffer().getLong(row * 8);
        long end = lists.getOffsetBuffer().getLong((row + 1) * 8);
        elements = new Elements(lists.getDataVector(), begin, end);
      }
      default -> {
        return null;
      }
    }
    if (elements.begin() < 0
        || elements.end() < elements.begin()
        || elements.end() > elements.of().getValueCount()) {
      throw new InputException(
          Kind.MALFORMED,
          "%s is a list from %d to %d of %d elements"
              .formatted(name(), elements.begin(), elements.end(), elements.of().getValueCount()));
    }
    return elements;
  }

  /**
   * Returns a picture's features from a list of regions, each a list of numbers. Float32 in a
   * mapped file is read in place; everything else is copied.
   */
  VisualFeatures features(int row, String source) {
    Elements regions = elements(vector, row);
    if (regions == null) {
      throw unexpected("lists of lists of float32");
    }
    if (regions.count() == 0) {
      throw new InputException(Kind.MISMATCH, name() + " has no regions, expected at least 1");
    }
    Elements first = elements(regions.of(), regions.begin());
    if (first == null || !(first.of() instanceof FloatingPointVector)) {
      throw unexpected("lists of lists of float32");
    }
    long dim = first.count();
    if (dim < 1 || regions.count() > VisualFeatures.MAX_NUMBERS / dim) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d regions of %d columns, expected at least 1 of each and at most %d numbers"
              .formatted(name(), regions.count(), dim, VisualFeatures.MAX_NUMBERS));
    }
    for (long region = 0; region < regions.count(); region++) {
      long at = regions.begin() + region;
      Elements columns = elements(regions.of(), at);
      if (regions.of().isNull((int) at)
          || columns.begin() != first.begin() + region * dim
          || columns.count() != dim) {
        throw new InputException(
            Kind.MISMATCH,
            "%s has another number of columns in region %d than in region 0, %d"
                .formatted(name(), region, dim));
      }
    }
    int count = (int) (regions.count() * dim);
    return features(first.of(), (int) first.begin(), count, (int) dim, source);
  }

  private VisualFeatures features(
      FieldVector numbers, int begin, int count, int dim, String source) {
    if (numbers.getNullCount() > 0) {
      for (int i = 0; i < count; i++) {
        if (numbers.isNull(begin + i)) {
          throw new InputException(Kind.MALFORMED, name() + " has a null, expected numbers");
        }
      }
    }
    int regions = count / dim;
    if (numbers instanceof Float4Vector && batches.messages() instanceof MappedArrowMessages file) {
      ArrowBuf data = numbers.getDataBuffer();
      data.checkBytes(begin * 4L, (begin + (long) count) * 4);
      MemorySegment bytes = file.at(data.memoryAddress() + begin * 4L, count * 4L);
      if (bytes != null) {
        return VisualFeatures.view(source, new Tensor(DType.F32, new long[] {regions, dim}, bytes));
      }
    }
    float[] values = new float[count];
    FloatingPointVector floats = (FloatingPointVector) numbers;
    for (int i = 0; i < count; i++) {
      values[i] = (float) floats.getValueAsDouble(begin + i);
    }
    return VisualFeatures.of(source, values, regions, dim);
  }

  private InputException unexpected(String expected) {
    return new InputException(
        Kind.MISMATCH, "%s: expected %s, found %s".formatted(name(), expected, describe()));
  }
}
