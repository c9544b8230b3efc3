package io.github.visualbert.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.LargeListViewVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes Arrow files from plain values, column by column. */
final class ArrowTable {
  static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
  static final ArrowType BINARY = ArrowType.Binary.INSTANCE;
  static final ArrowType LIST = ArrowType.List.INSTANCE;
  static final ArrowType INT64 = new ArrowType.Int(64, true);
  static final ArrowType FLOAT32 = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
  static final ArrowType FLOAT64 = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);

  private final List<Field> fields = new ArrayList<>();
  private final List<List<?>> columns = new ArrayList<>();

  /** Returns a field of values that may be null. */
  static Field field(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  /** Returns a field of an extension type. */
  static Field extension(
      String name, ArrowType storage, String extension, String metadata, Field... children) {
    Map<String, String> entries =
        Map.of("ARROW:extension:name", extension, "ARROW:extension:metadata", metadata);
    return new Field(name, new FieldType(true, storage, null, entries), List.of(children));
  }

  /** Adds a column, whose values are plain Java objects, lists, maps of a struct, or null. */
  ArrowTable add(Field field, List<?> values) {
    fields.add(field);
    columns.add(values);
    return this;
  }

  Path write(Path file) {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(new Schema(fields), allocator);
        FileOutputStream out = new FileOutputStream(file.toFile());
        ArrowFileWriter writer = new ArrowFileWriter(root, null, out.getChannel())) {
      int rows = columns.getFirst().size();
      for (int i = 0; i < fields.size(); i++) {
        FieldVector vector = root.getVector(i);
        vector.allocateNew();
        for (int row = 0; row < rows; row++) {
          set(vector, row, columns.get(i).get(row));
        }
        vector.setValueCount(rows);
      }
      root.setRowCount(rows);
      writer.writeBatch();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void set(FieldVector vector, int row, Object value) {
    if (value == null) {
      setNull(vector, row);
      return;
    }
    switch (vector) {
      case BaseIntVector ints -> ints.setWithPossibleTruncate(row, ((Number) value).longValue());
      case Float2Vector halves ->
          halves.setSafe(row, Float.floatToFloat16(((Number) value).floatValue()));
      case Float4Vector floats -> floats.setSafe(row, ((Number) value).floatValue());
      case Float8Vector doubles -> doubles.setSafe(row, ((Number) value).doubleValue());
      case DecimalVector decimals -> decimals.setSafe(row, (BigDecimal) value);
      case VarCharVector texts -> texts.setSafe(row, bytes(value));
      case LargeVarCharVector texts -> texts.setSafe(row, bytes(value));
      case ViewVarCharVector texts -> texts.setSafe(row, bytes(value));
      case VarBinaryVector binary -> binary.setSafe(row, bytes(value));
      case LargeVarBinaryVector binary -> binary.setSafe(row, bytes(value));
      case ViewVarBinaryVector binary -> binary.setSafe(row, bytes(value));
      case FixedSizeBinaryVector binary -> binary.setSafe(row, bytes(value));
      case StructVector struct -> {
        struct.setIndexDefined(row);
        for (FieldVector child : struct.getChildrenFromFields()) {
          set(child, row, ((Map<?, ?>) value).get(child.getName()));
        }
      }
      case FixedSizeListVector lists -> {
        lists.setNotNull(row);
        setAll(lists.getDataVector(), row * lists.getListSize(), (List<?>) value);
      }
      case ListVector lists -> {
        setAll(lists.getDataVector(), lists.startNewValue(row), (List<?>) value);
        lists.endValue(row, ((List<?>) value).size());
      }
      case LargeListVector lists -> {
        setAll(lists.getDataVector(), (int) lists.startNewValue(row), (List<?>) value);
        lists.endValue(row, ((List<?>) value).size());
      }
      case ListViewVector lists -> {
        setAll(lists.getDataVector(), lists.startNewValue(row), (List<?>) value);
        lists.endValue(row, ((List<?>) value).size());
      }
      case LargeListViewVector lists -> {
        setAll(lists.getDataVector(), lists.startNewValue(row), (List<?>) value);
        lists.endValue(row, ((List<?>) value).size());
      }
      default -> throw new IllegalArgumentException(vector.getField().toString());
    }
  }

  private static void setNull(FieldVector vector, int row) {
    if (vector instanceof StructVector struct) {
      struct.setNull(row);
      struct.getChildrenFromFields().forEach(child -> setNull(child, row));
    } else {
      vector.setNull(row);
    }
  }

  private static void setAll(FieldVector elements, int begin, List<?> values) {
    while (elements.getValueCapacity() < begin + values.size()) {
      elements.reAlloc();
    }
    for (int i = 0; i < values.size(); i++) {
      set(elements, begin + i, values.get(i));
    }
    elements.setValueCount(begin + values.size());
  }

  private static byte[] bytes(Object value) {
    return value instanceof byte[] bytes
        ? bytes
        : value.toString().getBytes(StandardCharsets.UTF_8);
  }
}
