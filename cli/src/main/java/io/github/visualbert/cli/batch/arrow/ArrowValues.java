package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;

/**
 * Reads one value of a column, lists included.
 *
 * <p>The file is not trusted. Arrow checks the bounds of its reads; this class limits the size of a
 * value, since lists and views may share elements, so that a small file may hold a huge value.
 */
final class ArrowValues {
  /** Maximum bytes of text plus elements of lists in one value, nested lists included. */
  private static final int MAX_SIZE = 1 << 20;

  /** Maximum bytes of pictures in one value, which is that of a picture file. */
  private static final int MAX_PICTURE_BYTES = 1 << 28;

  /** Dictionaries may refer to each other. */
  private static final int MAX_LEVELS = 16;

  /** Above it, a double does not represent every integer. */
  private static final double MAX_EXACT = 1L << 53;

  private final ArrowBatches batches;
  private final String name;
  private int sizeLeft = MAX_SIZE;
  private int pictureBytesLeft = MAX_PICTURE_BYTES;

  /**
   * Begins a value.
   *
   * @param name of the column, for messages
   */
  ArrowValues(ArrowBatches batches, String name) {
    this.batches = batches;
    this.name = name;
  }

  /**
   * Returns a value as {@link io.github.visualbert.internal.json.Json#object} takes it: a text, a
   * number, a list of such values, or null. A whole number is an integer, whatever its type.
   */
  Object value(FieldVector column, int row) {
    return value(column, row, 0);
  }

  private Object value(FieldVector column, int row, int level) {
    ArrowCell cell = ArrowCell.of(batches, column, row);
    if (cell.isNull()) {
      return null;
    }
    if (level > MAX_LEVELS) {
      throw new InputException(Kind.MALFORMED, name + " has lists that are too deep");
    }
    int at = cell.row();
    return switch (cell.vector()) {
      case UInt8Vector integers -> unsigned(integers.getValueAsLong(at));
      case BaseIntVector integers -> integers.getValueAsLong(at);
      case FloatingPointVector floats -> number(floats.getValueAsDouble(at));
      case DecimalVector decimals -> number(decimals.getObject(at));
      case FixedSizeBinaryVector bytes when bytes.getByteWidth() == ArrowTypes.UUID_BYTES ->
          uuid(bytes.get(at));
      case FieldVector lists when ArrowList.elements(lists) != null -> {
        ArrowList list = list(lists, at);
        List<Object> values = new ArrayList<>();
        for (int i = list.begin(); i < list.end(); i++) {
          values.add(value(list.of(), i, level + 1));
        }
        yield values;
      }
      default -> text(cell);
    };
  }

  /** Returns the elements of a list. */
  ArrowList list(FieldVector lists, int row) {
    ArrowList list = ArrowList.of(lists, row, name);
    sizeLeft -= spent(list.count(), sizeLeft);
    return list;
  }

  private static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private Object number(double value) {
    if (!Double.isFinite(value)) {
      throw new InputException(Kind.MALFORMED, name + " is " + value + ", expected a number");
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < MAX_EXACT;
    return whole ? (Object) (long) value : (Object) value;
  }

  private static Object number(BigDecimal value) {
    if (value.stripTrailingZeros().scale() > 0) {
      return value;
    }
    BigInteger whole = value.toBigInteger();
    return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
  }

  private static String uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }

  /** Returns a text that is not null. */
  String text(ArrowCell cell) {
    byte[] utf8 = bytes(cell, sizeLeft);
    sizeLeft -= utf8.length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new InputException(Kind.MALFORMED, name + " is not UTF-8", e);
    }
  }

  /** Returns the bytes of a picture that is not null. */
  byte[] picture(ArrowCell cell) {
    byte[] bytes = bytes(cell, pictureBytesLeft);
    pictureBytesLeft -= bytes.length;
    return bytes;
  }

  private byte[] bytes(ArrowCell cell, int limit) {
    long at = cell.row();
    return switch (cell.vector()) {
      case VarCharVector texts -> bytes(texts, texts.getOffsetBuffer(), at, limit);
      case VarBinaryVector binary -> bytes(binary, binary.getOffsetBuffer(), at, limit);
      case LargeVarCharVector texts -> largeBytes(texts, texts.getOffsetBuffer(), at, limit);
      case LargeVarBinaryVector binary -> largeBytes(binary, binary.getOffsetBuffer(), at, limit);
      case ViewVarCharVector views -> {
        requireView(views, cell.row(), limit);
        yield views.get(cell.row());
      }
      case ViewVarBinaryVector views -> {
        requireView(views, cell.row(), limit);
        yield views.get(cell.row());
      }
      default -> throw new IllegalStateException(cell.vector().getField().toString());
    };
  }

  private byte[] bytes(FieldVector column, ArrowBuf offsets, long at, int limit) {
    return bytes(column, offsets.getInt(at * 4), offsets.getInt((at + 1) * 4), limit);
  }

  private byte[] largeBytes(FieldVector column, ArrowBuf offsets, long at, int limit) {
    return bytes(column, offsets.getLong(at * 8), offsets.getLong((at + 1) * 8), limit);
  }

  private byte[] bytes(FieldVector column, long begin, long end, int limit) {
    ArrowBuf data = column.getDataBuffer();
    int length = spent(end - begin, limit);
    data.checkBytes(begin, end);
    byte[] bytes = new byte[length];
    data.getBytes(begin, bytes);
    return bytes;
  }

  private void requireView(BaseVariableWidthViewVector views, int row, int limit) {
    spent(views.getValueLength(row), limit);
  }

  /** Returns a size after checking it against what is left. */
  private int spent(long size, int left) {
    if (size < 0 || size > left) {
      throw new InputException(
          Kind.MALFORMED,
          "%s has a value of %d bytes or elements, expected at most %d in all"
              .formatted(name, size, left > MAX_SIZE ? MAX_PICTURE_BYTES : MAX_SIZE));
    }
    return (int) size;
  }
}
