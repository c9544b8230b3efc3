package io.github.visualbert.detect;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A section of a detector's configuration, whose keys may be in upper or lower case.
 *
 * <p>A value that is missing, of another kind or out of range is a {@link JsonException} that names
 * its path.
 */
record ConfigSection(JsonObject json) {
  private static final JsonObject EMPTY = (JsonObject) Json.parse("{}");
  private static final int LONGEST_TUPLE = 1000;

  /** A tuple or list, perhaps with a comma after its last number. */
  private static final Pattern TUPLE =
      Pattern.compile("[(\\[]([-+0-9.eE,\\s]*[0-9.])\\s*,?\\s*[)\\]]");

  private String key(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return json.get(name) == null && json.get(upper) != null ? upper : name;
  }

  boolean has(String name) {
    return json.has(key(name));
  }

  /** Returns the value of a key, or null. */
  JsonValue value(String name) {
    return json.get(key(name));
  }

  ConfigSection section(String name) {
    return new ConfigSection(json.getObject(key(name)));
  }

  /** Returns a section, or one without keys where there is none. */
  ConfigSection sectionOrEmpty(String name) {
    return has(name) ? section(name) : new ConfigSection(EMPTY);
  }

  /** Returns whether a section has a section of this name. */
  boolean hasSection(String name) {
    return value(name) instanceof JsonObject;
  }

  /** Returns a number, whole or not, from {@code least} to {@code most}. */
  double number(String name, double least, double most) {
    double value = json.getDouble(key(name));
    if (!(value >= least && value <= most)) {
      throw expected(name, "a number from %s to %s".formatted(text(least), text(most)));
    }
    return value;
  }

  double number(String name, double least, double most, double absent) {
    return has(name) ? number(name, least, most) : absent;
  }

  /** Returns a whole number, which YAML may have written as 4.0. */
  int integer(String name, int least, int most) {
    double value = json.getDouble(key(name));
    if (value != Math.rint(value) || !(value >= least && value <= most)) {
      throw expected(name, "a whole number from %d to %d".formatted(least, most));
    }
    return (int) value;
  }

  int integer(String name, int least, int most, int absent) {
    return has(name) ? integer(name, least, most) : absent;
  }

  boolean flag(String name, boolean absent) {
    return json.getBoolean(key(name), absent);
  }

  String text(String name, String absent) {
    return json.getString(key(name), absent);
  }

  /** Returns a list of exactly {@code count} numbers. */
  float[] floats(String name, int count, float... absent) {
    if (!has(name)) {
      return absent;
    }
    double[] numbers = numbers(name, -1e6, 1e6);
    if (numbers.length != count) {
      throw expected(name, count + " numbers");
    }
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  /**
   * Returns a number, a list of numbers, or lists of one such list, as anchors are written for each
   * level; there is at least one. A text may hold a list as Python writes it, {@code (4, 8, 16)}.
   */
  double[] numbers(String name, double least, double most) {
    if (value(name) instanceof JsonValue.Text(String text)) {
      return tuple(name, text, least, most);
    }
    if (!(value(name) instanceof JsonArray array)) {
      return new double[] {number(name, least, most)};
    }
    JsonArray list = array;
    while (list.size() == 1 && list.get(0) instanceof JsonArray) {
      list = list.getArray(0);
    }
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.getDouble(i);
      if (!(numbers[i] >= least && numbers[i] <= most)) {
        throw list.expected(i, "a number from %s to %s".formatted(text(least), text(most)));
      }
    }
    if (numbers.length == 0 || numbers.length > 64) {
      throw expected(name, "1 to 64 numbers");
    }
    return numbers;
  }

  double[] numbers(String name, double least, double most, double... absent) {
    return has(name) ? numbers(name, least, most) : absent;
  }

  /** Reads a list of numbers that is written as a literal of Python. */
  private double[] tuple(String name, String text, double least, double most) {
    JsonException expected =
        expected(
            name, "numbers from %s to %s, such as \"(1, 2)\"".formatted(text(least), text(most)));
    Matcher literal = TUPLE.matcher(text.strip());
    if (text.length() > LONGEST_TUPLE || !literal.matches()) {
      throw expected;
    }
    String[] parts = literal.group(1).split(",");
    double[] numbers = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        numbers[i] = Double.parseDouble(parts[i].strip());
      } catch (NumberFormatException e) {
        throw expected;
      }
      if (!(numbers[i] >= least && numbers[i] <= most)) {
        throw expected;
      }
    }
    return numbers;
  }

  /** Refuses a number that is stated and another than the only one. */
  void requireOnly(String name, int only) {
    if (has(name) && integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE) != only) {
      throw expected(name, Integer.toString(only));
    }
  }

  JsonException expected(String name, String what) {
    return json.expected(key(name), what);
  }

  private static String text(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
