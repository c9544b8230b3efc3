package io.github.visualbert.cli;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.List;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.DictionaryEncoding;
import org.apache.arrow.flatbuf.DictionaryKind;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Struct_;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

/** The columns of Arrow data that is written. */
record ArrowSchema(List<Column> columns) {
  /** The dictionary of the labels. */
  static final long LABELS = 0;

  /** A type of Arrow. */
  enum Kind {
    TEXT,
    LABEL, // a text by its place in the dictionary
    INT32,
    INT64,
    FLOAT32,
    FLOAT64,
    BOOL,
    LIST,
    VECTOR, // a list of fixed size
    STRUCT
  }

  /**
   * A column, or the values within one.
   *
   * @param size the number of elements of a vector, 0 for others
   */
  record Column(String name, Kind kind, boolean nullable, int size, List<Column> children) {
    static Column of(String name, Kind kind, boolean nullable) {
      return new Column(name, kind, nullable, 0, List.of());
    }

    static Column vector(String name, boolean nullable, int size) {
      return new Column(
          name, Kind.VECTOR, nullable, size, List.of(of("item", Kind.FLOAT32, false)));
    }

    static Column list(String name, boolean nullable, Column item) {
      return new Column(name, Kind.LIST, nullable, 0, List.of(item));
    }

    private int addTo(FlatBufferBuilder builder) {
      int label = builder.createString(name);
      int[] inner = children.stream().mapToInt(child -> child.addTo(builder)).toArray();
      int children = Field.createChildrenVector(builder, inner);
      int dictionary = 0;
      byte code;
      int type;
      switch (kind) {
        case LABEL -> {
          dictionary =
              DictionaryEncoding.createDictionaryEncoding(
                  builder,
                  LABELS,
                  Int.createInt(builder, 32, true),
                  false,
                  DictionaryKind.DenseArray);
          code = Type.Utf8;
          type = utf8(builder);
        }
        case TEXT -> {
          code = Type.Utf8;
          type = utf8(builder);
        }
        case INT32 -> {
          code = Type.Int;
          type = Int.createInt(builder, 32, true);
        }
        case INT64 -> {
          code = Type.Int;
          type = Int.createInt(builder, 64, true);
        }
        case FLOAT32 -> {
          code = Type.FloatingPoint;
          type = FloatingPoint.createFloatingPoint(builder, Precision.SINGLE);
        }
        case FLOAT64 -> {
          code = Type.FloatingPoint;
          type = FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
        }
        case BOOL -> {
          code = Type.Bool;
          Bool.startBool(builder);
          type = Bool.endBool(builder);
        }
        case LIST -> {
          code = Type.List;
          org.apache.arrow.flatbuf.List.startList(builder);
          type = org.apache.arrow.flatbuf.List.endList(builder);
        }
        case VECTOR -> {
          code = Type.FixedSizeList;
          type = FixedSizeList.createFixedSizeList(builder, size);
        }
        case STRUCT -> {
          code = Type.Struct_;
          Struct_.startStruct_(builder);
          type = Struct_.endStruct_(builder);
        }
        default -> throw new IllegalStateException(kind.toString());
      }
      return Field.createField(builder, label, nullable, code, type, dictionary, children, 0);
    }

    private static int utf8(FlatBufferBuilder builder) {
      Utf8.startUtf8(builder);
      return Utf8.endUtf8(builder);
    }
  }

  /** Adds a schema to metadata, and returns where. */
  int addTo(FlatBufferBuilder builder) {
    int[] fields = columns.stream().mapToInt(column -> column.addTo(builder)).toArray();
    return Schema.createSchema(
        builder, Endianness.Little, Schema.createFieldsVector(builder, fields), 0, 0);
  }
}
