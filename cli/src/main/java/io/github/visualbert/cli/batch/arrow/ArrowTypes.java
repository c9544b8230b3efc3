package io.github.visualbert.cli.batch.arrow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarBinaryVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * What the columns of a table may hold. Dictionaries and extension types count as what they stand
 * for.
 */
final class ArrowTypes {
  static final int UUID_BYTES = 16;

  private final ArrowBatches batches;

  ArrowTypes(ArrowBatches batches) {
    this.batches = batches;
  }

  boolean isNull(FieldVector column) {
    return batches.values(column) instanceof NullVector;
  }

  boolean isText(FieldVector column) {
    FieldVector values = batches.values(column);
    return values instanceof VarCharVector
        || values instanceof LargeVarCharVector
        || values instanceof ViewVarCharVector;
  }

  boolean isBinary(FieldVector column) {
    FieldVector values = batches.values(column);
    return values instanceof VarBinaryVector
        || values instanceof LargeVarBinaryVector
        || values instanceof ViewVarBinaryVector;
  }

  boolean isInteger(FieldVector column) {
    return batches.values(column) instanceof BaseIntVector;
  }

  boolean isFloat(FieldVector column) {
    return batches.values(column) instanceof FloatingPointVector;
  }

  boolean isNumber(FieldVector column) {
    return isInteger(column) || isFloat(column) || batches.values(column) instanceof DecimalVector;
  }

  boolean isUuid(FieldVector column) {
    return batches.values(column) instanceof FixedSizeBinaryVector bytes
        && bytes.getByteWidth() == UUID_BYTES;
  }

  boolean isId(FieldVector column) {
    return isText(column) || isNumber(column) || isUuid(column);
  }

  /** Returns whether a column holds pictures as Hugging Face's datasets store them. */
  boolean isPictureStruct(FieldVector column) {
    if (!(batches.values(column) instanceof StructVector struct)) {
      return false;
    }
    FieldVector bytes = struct.getChild("bytes");
    FieldVector path = struct.getChild("path");
    return (bytes != null || path != null)
        && (bytes == null || isBinary(bytes) || isNull(bytes))
        && (path == null || isText(path) || isNull(path));
  }

  /** Returns whether a column holds lists of what is asked for, or lists that are all empty. */
  boolean isListOf(FieldVector column, Predicate<FieldVector> what) {
    FieldVector elements = ArrowList.elements(batches.values(column));
    return elements != null && (isNull(elements) || what.test(elements));
  }

  /** Returns the type of a column's values, for messages. */
  String describe(FieldVector column) {
    return describe(column, 4);
  }

  private String describe(FieldVector column, int levels) {
    FieldVector values = batches.values(column);
    FieldVector elements = ArrowList.elements(values);
    if (elements != null) {
      return levels == 0 ? "lists" : "list of " + describe(elements, levels - 1);
    }
    if (values instanceof StructVector struct) {
      List<String> children = new ArrayList<>();
      for (FieldVector child : struct.getChildrenFromFields()) {
        children.add(child.getName() + (levels == 0 ? "" : " " + describe(child, levels - 1)));
      }
      return "struct of " + String.join(", ", children);
    }
    return switch (values.getField().getType()) {
      case ArrowType.Int type -> (type.getIsSigned() ? "int" : "uint") + type.getBitWidth();
      case ArrowType.FloatingPoint type ->
          switch (type.getPrecision()) {
            case HALF -> "float16";
            case SINGLE -> "float32";
            case DOUBLE -> "float64";
          };
      case ArrowType.FixedSizeBinary type -> "binary of " + type.getByteWidth() + " bytes";
      case ArrowType type -> type.getTypeID().name().toLowerCase(Locale.ROOT);
    };
  }
}
