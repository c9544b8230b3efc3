package io.github.visualbert.internal.json;

/**
 * The path of a container in its document: a chain of keys and indices.
 *
 * <p>It is formatted for errors only, so that long keys above many values cost nothing.
 */
record JsonPath(JsonPath parent, String key, int index) {
  static final JsonPath ROOT = new JsonPath(null, null, -1);
  private static final int LONGEST = 200;

  JsonPath child(String childKey) {
    return new JsonPath(this, childKey, -1);
  }

  JsonPath child(int childIndex) {
    return new JsonPath(this, null, childIndex);
  }

  /** Returns a path like {@code quantization.layers[3].bits}; empty for the document itself. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    write(text);
    return text.length() <= LONGEST ? text.toString() : text.substring(0, LONGEST) + "...";
  }

  private void write(StringBuilder text) {
    if (parent == null) {
      return;
    }
    parent.write(text);
    if (text.length() > LONGEST) {
      return;
    }
    if (key == null) {
      text.append('[').append(index).append(']');
    } else {
      text.append(text.isEmpty() ? "" : ".").append(key, 0, Math.min(key.length(), LONGEST));
    }
  }

  JsonException expected(String what, JsonValue found) {
    String where = toString();
    return new JsonException(
        "%sexpected %s, found %s"
            .formatted(
                where.isEmpty() ? "" : where + ": ",
                what,
                found == null ? "nothing" : found.describe()));
  }

  String text(JsonValue value) {
    return value instanceof JsonValue.Text(String text) ? text : refuse("a string", value);
  }

  long integer(JsonValue value) {
    return value instanceof JsonValue.Int(long number) ? number : refuse("an integer", value);
  }

  int int32(JsonValue value) {
    if (value instanceof JsonValue.Int(long number) && number == (int) number) {
      return (int) number;
    }
    throw expected("an integer of 32 bits", value);
  }

  double real(JsonValue value) {
    return switch (value) {
      case JsonValue.Int(long number) -> number;
      case JsonValue.Real(double number, String unused) -> number;
      case null, default -> refuse("a number", value);
    };
  }

  boolean bool(JsonValue value) {
    return value instanceof JsonValue.Bool(boolean truth) ? truth : refuse("true or false", value);
  }

  JsonObject object(JsonValue value) {
    return value instanceof JsonObject object ? object : refuse("an object", value);
  }

  JsonArray array(JsonValue value) {
    return value instanceof JsonArray array ? array : refuse("an array", value);
  }

  private <T> T refuse(String what, JsonValue found) {
    throw expected(what, found);
  }
}
