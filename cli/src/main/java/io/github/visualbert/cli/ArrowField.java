package io.github.visualbert.cli;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;
import org.apache.arrow.flatbuf.UnionMode;

/**
 * The name and type of a column of Arrow data.
 *
 * @param type one of {@link Type}; {@link Type#NONE} for indices into a dictionary
 * @param bytes the size of a number
 * @param signed whether an integer is
 * @param listSize the length of lists of fixed size
 * @param buffers how many buffers each batch has of it, without validity and those of a view
 */
record ArrowField(
    String name,
    byte type,
    int bytes,
    boolean signed,
    int listSize,
    boolean hasValidity,
    int buffers,
    List<ArrowField> children) {
  private static final int MOST_LEVELS = 16;
  private static final int MOST_FIELDS = 10_000;

  /**
   * Reads the type of a column.
   *
   * @param count how many were read so far, with those within others
   */
  static ArrowField of(Field field, AtomicInteger count) {
    return of(field, 0, count);
  }

  private static ArrowField of(Field field, int level, AtomicInteger count) {
    if (level > MOST_LEVELS || count.incrementAndGet() > MOST_FIELDS) {
      throw new InputException(Kind.MALFORMED, "the schema is too deep or too wide");
    }
    String name = field.name() == null ? "" : field.name();
    if (field.dictionary() != null) {
      return new ArrowField(name, Type.NONE, 0, false, 0, true, 1, List.of());
    }
    byte type = field.typeType();
    List<ArrowField> children = new ArrayList<>();
    for (int i = 0; i < field.childrenLength(); i++) {
      children.add(of(field.children(i), level + 1, count));
    }
    int bytes = 0;
    boolean signed = false;
    int listSize = 0;
    switch (type) {
      case Type.Int -> {
        Int integer = (Int) field.type(new Int());
        bytes = integer.bitWidth() / 8;
        signed = integer.isSigned();
        require(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8, name);
      }
      case Type.FloatingPoint -> {
        short precision = ((FloatingPoint) field.type(new FloatingPoint())).precision();
        bytes = precision == Precision.SINGLE ? 4 : precision == Precision.DOUBLE ? 8 : 2;
      }
      case Type.FixedSizeList -> {
        listSize = ((FixedSizeList) field.type(new FixedSizeList())).listSize();
        require(listSize >= 0 && children.size() == 1, name);
      }
      case Type.List, Type.LargeList -> require(children.size() == 1, name);
      default -> {}
    }
    boolean hasValidity = type != Type.Null && type != Type.Union && type != Type.RunEndEncoded;
    return new ArrowField(
        name, type, bytes, signed, listSize, hasValidity, buffers(field), children);
  }

  private static int buffers(Field field) {
    return switch (field.typeType()) {
      case Type.Null, Type.FixedSizeList, Type.Struct_, Type.RunEndEncoded -> 0;
      case Type.Utf8,
          Type.LargeUtf8,
          Type.Binary,
          Type.LargeBinary,
          Type.ListView,
          Type.LargeListView ->
          2;
      case Type.Union -> ((Union) field.type(new Union())).mode() == UnionMode.Dense ? 2 : 1;
      default -> 1;
    };
  }

  private static void require(boolean holds, String name) {
    if (!holds) {
      throw new InputException(Kind.MALFORMED, "the type of column " + name + " is not valid");
    }
  }

  /** Returns whether batches say how many buffers there are. */
  boolean isView() {
    return type == Type.Utf8View || type == Type.BinaryView;
  }

  boolean isText() {
    return type == Type.Utf8 || type == Type.LargeUtf8 || type == Type.Utf8View;
  }

  boolean isList() {
    return type == Type.List || type == Type.LargeList || type == Type.FixedSizeList;
  }

  /** Returns the type as messages say it. */
  String describe() {
    return switch (type) {
      case Type.NONE -> "a dictionary-encoded column";
      case Type.Int -> (signed ? "int" : "uint") + 8 * bytes;
      case Type.FloatingPoint -> bytes == 2 ? "halffloat" : bytes == 4 ? "float" : "double";
      case Type.List, Type.LargeList, Type.FixedSizeList ->
          "lists of " + children.getFirst().describe();
      default -> type > 0 && type < Type.names.length ? Type.name(type) : "type " + type;
    };
  }
}
