package io.github.visualbert.cli;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.vision.VisualFeatures;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Type;

/**
 * A column of one Arrow record batch, or the values within a column of lists: a view on the bytes
 * of the file.
 *
 * <p>Nothing in the file is trusted: a count or an offset that points out of the file is an {@link
 * InputException}.
 */
final class ArrowColumn {
  /**
   * Bytes of text and elements of lists that a value may have, those of lists within it included.
   */
  private static final int MOST = 1 << 20;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ArrowField field;
  private final long length;
  private final MemorySegment validity; // a bit each; empty when there are no nulls
  private final MemorySegment[] buffers; // without validity
  private final ArrowColumn child; // the elements of lists

  private ArrowColumn(
      ArrowField field,
      long length,
      MemorySegment validity,
      MemorySegment[] buffers,
      ArrowColumn child) {
    this.field = field;
    this.length = length;
    this.validity = validity;
    this.buffers = buffers;
    this.child = child;
  }

  /** Hands out the columns of a record batch in the order of the schema. */
  static final class Cursor {
    private final RecordBatch batch;
    private final MemorySegment body;
    private int node;
    private int buffer;
    private int variadic;

    Cursor(RecordBatch batch, MemorySegment body) {
      this.batch = batch;
      this.body = body;
    }

    /** Returns the next column, which has this type. */
    ArrowColumn next(ArrowField field) {
      FieldNode counts = batch.nodes(node++);
      long length = counts.length();
      if (length < 0) {
        throw new InputException(Kind.MALFORMED, field.name() + " has " + length + " values");
      }
      MemorySegment validity = field.hasValidity() ? buffer() : MemorySegment.NULL;
      if (counts.nullCount() == 0) {
        validity = MemorySegment.NULL;
      }
      int more = field.buffers();
      if (field.isView()) {
        more += Math.toIntExact(batch.variadicBufferCounts(variadic++));
      }
      if (more < 0 || more > batch.buffersLength() - buffer) {
        throw new InputException(Kind.MALFORMED, field.name() + " has fewer buffers than it needs");
      }
      MemorySegment[] buffers = new MemorySegment[more];
      for (int i = 0; i < more; i++) {
        buffers[i] = buffer();
      }
      ArrowColumn child = null;
      for (ArrowField inner : field.children()) {
        child = next(inner);
      }
      ArrowColumn column = new ArrowColumn(field, length, validity, buffers, child);
      column.check();
      return column;
    }

    private MemorySegment buffer() {
      org.apache.arrow.flatbuf.Buffer range = batch.buffers(buffer++);
      return body.asSlice(range.offset(), range.length());
    }
  }

  /** Checks that the buffers hold as many values as there are. */
  private void check() {
    long needed =
        switch (field.type()) {
          case Type.Int, Type.FloatingPoint -> Math.multiplyExact(length, field.bytes());
          case Type.Utf8, Type.List -> length == 0 ? 0 : Math.multiplyExact(length + 1, 4L);
          case Type.LargeUtf8, Type.LargeList ->
              length == 0 ? 0 : Math.multiplyExact(length + 1, 8L);
          case Type.Utf8View -> Math.multiplyExact(length, 16L);
          default -> 0;
        };
    boolean holds = needed == 0 || buffers[0].byteSize() >= needed;
    if (field.type() == Type.FixedSizeList) {
      holds = child.length >= Math.multiplyExact(length, (long) field.listSize());
    }
    holds &= validity.byteSize() == 0 || validity.byteSize() >= (length + 7) / 8;
    if (!holds) {
      throw new InputException(
          Kind.MALFORMED,
          "%s has %d values, its buffers hold fewer".formatted(field.name(), length));
    }
  }

  long length() {
    return length;
  }

  boolean isNull(long row) {
    return validity.byteSize() > 0
        && (validity.get(ValueLayout.JAVA_BYTE, row >> 3) >> (row & 7) & 1) == 0;
  }

  /** Writes a value as JSON. */
  void write(long row, JsonWriter json) {
    write(row, json, new long[] {MOST});
  }

  private void write(long row, JsonWriter json, long[] left) {
    if (isNull(row)) {
      json.nullValue();
      return;
    }
    switch (field.type()) {
      case Type.Int -> json.value(integer(row));
      case Type.Utf8, Type.LargeUtf8, Type.Utf8View -> json.value(text(row, left));
      case Type.List, Type.LargeList, Type.FixedSizeList -> {
        long begin = begin(row);
        long end = end(row);
        spend(end - begin, left);
        json.beginArray();
        for (long i = begin; i < end; i++) {
          child.write(i, json, left);
        }
        json.endArray();
      }
      default -> throw unexpected("texts, integers or lists of them");
    }
  }

  private long integer(long row) {
    return switch (field.bytes()) {
      case 1 -> {
        byte value = buffers[0].get(ValueLayout.JAVA_BYTE, row);
        yield field.signed() ? value : Byte.toUnsignedInt(value);
      }
      case 2 -> {
        short value = buffers[0].get(SHORT, 2 * row);
        yield field.signed() ? value : Short.toUnsignedInt(value);
      }
      case 4 -> {
        int value = buffers[0].get(INT, 4 * row);
        yield field.signed() ? value : Integer.toUnsignedLong(value);
      }
      default -> buffers[0].get(LONG, 8 * row);
    };
  }

  private String text(long row, long[] left) {
    MemorySegment bytes;
    if (field.type() == Type.Utf8View) {
      int size = buffers[0].get(INT, 16 * row);
      bytes =
          size <= 12
              ? buffers[0].asSlice(16 * row + 4, size)
              : buffers[1 + buffers[0].get(INT, 16 * row + 8)].asSlice(
                  buffers[0].get(INT, 16 * row + 12), size);
    } else {
      bytes = buffers[1].asSlice(offset(row), offset(row + 1) - offset(row));
    }
    spend(bytes.byteSize(), left);
    return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Lists may share their elements, so that a small file holds a huge value. */
  private void spend(long size, long[] left) {
    left[0] -= size;
    if (left[0] < 0) {
      throw new InputException(
          Kind.MALFORMED,
          "%s has a value of more than %d bytes or elements".formatted(field.name(), MOST));
    }
  }

  /** Returns a picture's features, lists of the numbers of each region. */
  VisualFeatures features(long row, String source) {
    if (!field.isList() || !child.field.isList()) {
      throw unexpected("lists of lists of float32");
    }
    ArrowColumn numbers = child.child;
    boolean single = numbers.field.type() == Type.FloatingPoint && numbers.field.bytes() == 4;
    if (!single && !(numbers.field.type() == Type.FloatingPoint && numbers.field.bytes() == 8)) {
      throw unexpected("lists of lists of float32");
    }
    long first = begin(row);
    long regions = end(row) - first;
    if (regions == 0) {
      throw new InputException(
          Kind.MISMATCH, field.name() + " has no regions, expected at least 1");
    }
    long begin = child.begin(first);
    long dim = child.end(first) - begin;
    if (dim < 1 || regions > VisualFeatures.MAX_NUMBERS / dim) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d regions of %d columns, expected at least 1 of each and at most %d numbers"
              .formatted(field.name(), regions, dim, VisualFeatures.MAX_NUMBERS));
    }
    for (long region = 0; region < regions; region++) {
      if (child.isNull(first + region)
          || child.begin(first + region) != begin + region * dim
          || child.end(first + region) != begin + (region + 1) * dim) {
        throw new InputException(
            Kind.MISMATCH,
            "%s has another number of columns in region %d than in region 0, %d"
                .formatted(field.name(), region, dim));
      }
    }
    float[] values = new float[(int) (regions * dim)];
    for (int i = 0; i < values.length; i++) {
      if (numbers.isNull(begin + i)) {
        throw new InputException(Kind.MALFORMED, field.name() + " has a null, expected numbers");
      }
      values[i] =
          single
              ? numbers.buffers[0].get(FLOAT, (begin + i) * 4)
              : (float) numbers.buffers[0].get(DOUBLE, (begin + i) * 8);
    }
    return VisualFeatures.of(source, values, (int) regions, (int) dim);
  }

  private long begin(long row) {
    return field.type() == Type.FixedSizeList ? row * field.listSize() : elements(row)[0];
  }

  private long end(long row) {
    return field.type() == Type.FixedSizeList ? (row + 1) * field.listSize() : elements(row)[1];
  }

  private long[] elements(long row) {
    long begin = offset(row);
    long end = offset(row + 1);
    if (begin < 0 || end < begin || end > child.length) {
      throw new InputException(
          Kind.MALFORMED,
          "%s is a list from %d to %d of %d elements"
              .formatted(field.name(), begin, end, child.length));
    }
    return new long[] {begin, end};
  }

  private long offset(long row) {
    boolean large = field.type() == Type.LargeUtf8 || field.type() == Type.LargeList;
    return large ? buffers[0].get(LONG, 8 * row) : buffers[0].get(INT, 4 * row);
  }

  private InputException unexpected(String expected) {
    return new InputException(
        Kind.MISMATCH,
        "%s: expected %s, found %s".formatted(field.name(), expected, field.describe()));
  }
}
