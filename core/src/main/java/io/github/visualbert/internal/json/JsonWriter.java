package io.github.visualbert.internal.json;

/**
 * Writes one JSON value on one line, without spaces: begin, name, value, end, in the order of the
 * text.
 *
 * <p>Floats are written with the fewest digits that give the same float back, which differs from
 * the digits of the double of equal value. Not thread-safe.
 */
public final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder closers = new StringBuilder();
  private boolean first = true;
  private boolean named;

  public JsonWriter beginObject() {
    return begin('{', '}');
  }

  public JsonWriter endObject() {
    return end('}');
  }

  public JsonWriter beginArray() {
    return begin('[', ']');
  }

  public JsonWriter endArray() {
    return end(']');
  }

  /** Writes the key of the next value. */
  public JsonWriter name(String name) {
    if (named || innermost() != '}') {
      throw new IllegalStateException(
          "a name is written before each value of an object, and only there");
    }
    separate();
    appendQuoted(text, name);
    text.append(':');
    named = true;
    return this;
  }

  /** Writes a string, or null. */
  public JsonWriter value(String value) {
    beforeValue();
    if (value == null) {
      text.append("null");
    } else {
      appendQuoted(text, value);
    }
    return this;
  }

  public JsonWriter value(long value) {
    beforeValue();
    text.append(value);
    return this;
  }

  /**
   * Writes a number with the fewest digits that give the same float back.
   *
   * @throws IllegalArgumentException for NaN and infinity, which JSON cannot represent
   */
  public JsonWriter value(float value) {
    return number(Float.toString(value), Float.isFinite(value));
  }

  /**
   * Writes a number with the fewest digits that give the same double back.
   *
   * @throws IllegalArgumentException for NaN and infinity, which JSON cannot represent
   */
  public JsonWriter value(double value) {
    return number(Double.toString(value), Double.isFinite(value));
  }

  public JsonWriter value(boolean value) {
    beforeValue();
    text.append(value);
    return this;
  }

  /** Writes a value that was read, such as an id that is returned unchanged. */
  public JsonWriter value(JsonValue value) {
    switch (value) {
      case JsonObject object -> {
        beginObject();
        object.members().forEach((key, member) -> name(key).value(member));
        endObject();
      }
      case JsonArray array -> {
        beginArray();
        array.forEach(this::value);
        endArray();
      }
      case JsonValue.Text(String string) -> value(string);
      case JsonValue.Int(long number) -> value(number);
      case JsonValue.Real(double number, String digits) -> number(digits, Double.isFinite(number));
      case JsonValue.Bool(boolean truth) -> value(truth);
      case JsonValue.Null unused -> nullValue();
    }
    return this;
  }

  public JsonWriter nullValue() {
    return value((String) null);
  }

  /** Writes {@code name} and an array of integers. */
  public JsonWriter field(String name, long[] values) {
    name(name).beginArray();
    for (long value : values) {
      value(value);
    }
    return endArray();
  }

  public JsonWriter field(String name, String value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, long value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, float value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, double value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, boolean value) {
    return name(name).value(value);
  }

  /**
   * Returns the text.
   *
   * @throws IllegalStateException when an object or array is still open, or nothing was written
   */
  @Override
  public String toString() {
    if (!closers.isEmpty() || text.isEmpty()) {
      throw new IllegalStateException("the value is not complete: " + text);
    }
    return text.toString();
  }

  /** Returns a string in quotes, escaped. */
  public static String quote(String value) {
    StringBuilder quoted = new StringBuilder(value.length() + 2);
    appendQuoted(quoted, value);
    return quoted.toString();
  }

  private JsonWriter number(String digits, boolean finite) {
    if (!finite) {
      throw new IllegalArgumentException("JSON has no number " + digits);
    }
    beforeValue();
    text.append(digits);
    return this;
  }

  private JsonWriter begin(char opener, char closer) {
    beforeValue();
    text.append(opener);
    closers.append(closer);
    first = true;
    return this;
  }

  private JsonWriter end(char closer) {
    if (named || innermost() != closer) {
      throw new IllegalStateException("nothing to close with '" + closer + "'");
    }
    text.append(closer);
    closers.setLength(closers.length() - 1);
    first = false;
    return this;
  }

  private void beforeValue() {
    if (innermost() == '}') {
      if (!named) {
        throw new IllegalStateException("a value of an object needs a name");
      }
      named = false;
    } else if (closers.isEmpty() && !text.isEmpty()) {
      throw new IllegalStateException("a second value after the first");
    } else {
      separate();
    }
  }

  private char innermost() {
    return closers.isEmpty() ? 0 : closers.charAt(closers.length() - 1);
  }

  private void separate() {
    if (!first) {
      text.append(',');
    }
    first = false;
  }

  private static void appendQuoted(StringBuilder to, String value) {
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f || isLoneSurrogate(value, i)) {
            appendHexadecimal(to, c);
          } else {
            to.append(c);
          }
        }
      }
    }
    to.append('"');
  }

  private static void appendHexadecimal(StringBuilder to, char c) {
    to.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      to.append(HEX.charAt(c >> shift & 0xf));
    }
  }

  /** A lone surrogate has no UTF-8 encoding, so it is escaped and left to the reader to refuse. */
  private static boolean isLoneSurrogate(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }
}
