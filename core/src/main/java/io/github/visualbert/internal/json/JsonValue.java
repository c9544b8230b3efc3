package io.github.visualbert.internal.json;

/**
 * A JSON value. Immutable.
 *
 * <p>Numbers are kept as they are written: a number without fraction and exponent that fits 64 bits
 * is an {@link Int}, every other one a {@link Real}. Thus {@code 1} and {@code 1.0} can be told
 * apart, as formats with integer fields demand.
 */
public sealed interface JsonValue permits JsonObject, JsonArray, JsonValue.Scalar {

  /** A value that holds no others. */
  sealed interface Scalar extends JsonValue permits Text, Int, Real, Bool, Null {}

  /** A string, without lone surrogates. */
  record Text(String value) implements Scalar {}

  /**
   * A number written without fraction and exponent, in the range of long. {@code -0} is a {@link
   * Real}, to keep its sign.
   */
  record Int(long value) implements Scalar {}

  /**
   * Any other number, rounded to nearest; finite.
   *
   * @param text the number as it was written, so that an identifier of many digits comes back as it
   *     was given
   */
  record Real(double value, String text) implements Scalar {}

  /** {@code true} or {@code false}. */
  record Bool(boolean value) implements Scalar {}

  /** {@code null}. */
  enum Null implements Scalar {
    NULL
  }

  /** Describes this for error messages: its kind, and its value where that is short. */
  default String describe() {
    return switch (this) {
      case JsonObject object -> "an object";
      case JsonArray array -> "an array of " + array.size();
      case Text(String value) when value.length() <= 40 -> JsonWriter.quote(value);
      case Text(String value) -> "a string of " + value.length() + " characters";
      case Int(long value) -> Long.toString(value);
      case Real(double value, String unused) -> Double.toString(value);
      case Bool(boolean value) -> Boolean.toString(value);
      case Null unused -> "null";
    };
  }
}
