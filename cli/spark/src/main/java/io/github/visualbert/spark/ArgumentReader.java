package io.github.visualbert.spark;

import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;
import scala.Function1;

/**
 * Reads an argument of a function as programs see it. Arrays of float become float arrays instead
 * of boxed numbers; those with nulls stay boxed, for the message.
 */
@FunctionalInterface
interface ArgumentReader {
  /** Returns a copy of a value that is not null. */
  Object read(InternalRow row, int index);

  static ArgumentReader of(DataType type) {
    Function1<Object, Object> converter = CatalystTypeConverters.createToScalaConverter(type);
    ArgumentReader boxed = (row, index) -> converter.apply(row.get(index, type));
    if (!(type instanceof ArrayType array)) {
      return boxed;
    }
    if (array.elementType() instanceof FloatType) {
      return (row, index) -> {
        float[] numbers = floats(row.getArray(index));
        return numbers != null ? numbers : boxed.read(row, index);
      };
    }
    if (array.elementType() instanceof ArrayType inner
        && inner.elementType() instanceof FloatType) {
      return (row, index) -> {
        float[][] regions = regions(row.getArray(index));
        return regions != null ? regions : boxed.read(row, index);
      };
    }
    return boxed;
  }

  private static float[][] regions(ArrayData array) {
    float[][] regions = new float[array.numElements()][];
    for (int i = 0; i < regions.length; i++) {
      regions[i] = array.isNullAt(i) ? null : floats(array.getArray(i));
      if (regions[i] == null) {
        return null;
      }
    }
    return regions;
  }

  /** Returns the numbers of an array; null when one of them is. */
  private static float[] floats(ArrayData array) {
    for (int i = 0; i < array.numElements(); i++) {
      if (array.isNullAt(i)) {
        return null;
      }
    }
    return array.toFloatArray();
  }
}
