package io.github.visualbert.spark;

import io.github.visualbert.ask.RowPictures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/** Which types of Spark may hold the texts and pictures of a row. */
final class ValueTypes {
  private ValueTypes() {}

  /** Returns whether a column of texts, choices or phrases can be read. */
  static boolean isText(String name, DataType type) {
    return type instanceof NullType
        || switch (name) {
          case "choices" -> isArrayOf(type, ValueTypes::isString);
          case "phrases" ->
              isArrayOf(type, each -> isString(each) || isArrayOf(each, ValueTypes::isInteger));
          default -> isString(type);
        };
  }

  static String expectedText(String name) {
    return switch (name) {
      case "choices" -> "array<string>";
      case "phrases" -> "array<string>, or array<array<int>> of begins and ends";
      default -> "string";
    };
  }

  /** Returns whether a column of a table can be read as pictures. */
  static boolean isPicture(String name, DataType type) {
    return type instanceof NullType
        || switch (name) {
          case TaskColumns.REGIONS -> isRegions(type);
          case RowPictures.FEATURES -> isString(type) || isArrayOf(type, ValueTypes::isString);
          default -> isFile(type) || isArrayOf(type, ValueTypes::isFile);
        };
  }

  static String expectedPicture(String name) {
    return switch (name) {
      case TaskColumns.REGIONS -> "array<array<float>> or array<float>";
      case RowPictures.FEATURES ->
          "names of files (the numbers themselves are a column " + TaskColumns.REGIONS + ")";
      default -> "a path, binary, or struct<bytes, path>";
    };
  }

  /** Returns whether an argument can be read as a picture or as the features of one. */
  static boolean isPictureOrRegions(DataType type) {
    return type instanceof NullType || isFile(type) || isRegions(type);
  }

  /** Returns whether a type is that of a path, of bytes, or of both. */
  static boolean isFile(DataType type) {
    return isString(type)
        || type instanceof BinaryType
        || type instanceof StructType struct
            && struct.size() > 0
            && Arrays.stream(struct.fields()).allMatch(ValueTypes::isPartOfFile);
  }

  private static boolean isPartOfFile(StructField field) {
    return switch (field.name()) {
      case "bytes", "content" -> field.dataType() instanceof BinaryType;
      case "path" -> isString(field.dataType());
      default -> false;
    };
  }

  private static boolean isRegions(DataType type) {
    return isArrayOf(type, each -> isFloat(each) || isArrayOf(each, ValueTypes::isFloat));
  }

  private static boolean isFloat(DataType type) {
    return type instanceof FloatType || type instanceof DoubleType;
  }

  private static boolean isInteger(DataType type) {
    return type instanceof IntegerType || type instanceof LongType;
  }

  static boolean isString(DataType type) {
    return type instanceof StringType;
  }

  private static boolean isArrayOf(DataType type, java.util.function.Predicate<DataType> elements) {
    return type instanceof ArrayType array && elements.test(array.elementType());
  }

  /** Returns a text, number or array as {@code Json.object} takes it. */
  static Object plain(Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case Seq<?> array -> {
        List<Object> elements = new ArrayList<>();
        array.iterator().foreach(each -> elements.add(each == null ? null : plain(each)));
        yield elements;
      }
      default -> value;
    };
  }
}
