package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.util.Set;

/** Fields of a JSON object, with problems that say what was expected and found. */
final class Fields {
  static final int DEFAULT_TOP_K = 5;

  private static final int MAX_TOP_K = 1000;

  private Fields() {}

  /** Returns a string, or null where there is none. */
  static String text(JsonObject json, String name, String pointer) {
    if (!json.has(name)) {
      return null;
    }
    if (json.get(name) instanceof JsonValue.Text(String text)) {
      return text;
    }
    throw wrong(json, name, pointer, "a string");
  }

  /** Returns a boolean; false where there is none. */
  static boolean flag(JsonObject json, String name, String pointer) {
    if (!json.has(name)) {
      return false;
    }
    if (json.get(name) instanceof JsonValue.Bool(boolean value)) {
      return value;
    }
    throw wrong(json, name, pointer, "true or false");
  }

  /** Returns an integer of a range. */
  static int integer(
      JsonObject json, String name, String pointer, int least, int most, int absent) {
    if (!json.has(name)) {
      return absent;
    }
    if (!(json.get(name) instanceof JsonValue.Int(long value))) {
      throw wrong(json, name, pointer, "an integer");
    }
    if (value < least || value > most) {
      throw Problem.ofField(
          Code.VALUE_OUT_OF_RANGE,
          pointer,
          "%s is %d, expected %d to %d".formatted(name, value, least, most));
    }
    return (int) value;
  }

  /** Returns how many answers are asked for. */
  static int topK(JsonObject json, String pointer) {
    return integer(json, "top_k", pointer, 1, MAX_TOP_K, DEFAULT_TOP_K);
  }

  static Problem wrong(JsonObject json, String name, String pointer, String expected) {
    return Problem.ofField(
        Code.FIELD_WRONG,
        pointer,
        "%s: expected %s, found %s".formatted(name, expected, json.get(name).describe()));
  }

  /**
   * Checks that there are no others.
   *
   * @throws Problem when there are
   */
  static void requireKnown(JsonObject json, Set<String> known) {
    for (String key : json.keys()) {
      if (!known.contains(key)) {
        throw Problem.ofField(
            Code.FIELD_UNKNOWN, "/" + key, "there is no field " + Problem.quote(key));
      }
    }
  }
}
