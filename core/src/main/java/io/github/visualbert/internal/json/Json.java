package io.github.visualbert.internal.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as RFC 8259 defines it and nothing else: strictly decoded UTF-8 without byte order
 * mark, one value and nothing after it, no comments, no trailing commas, no {@code NaN}.
 *
 * <p>Where the RFC leaves a choice, the safe one is taken: duplicate keys, lone surrogates, numbers
 * beyond the range of double and containers nested deeper than {@link #MAX_DEPTH} are errors. A
 * document has at most {@link #MAX_VALUES} values, so that in memory it occupies less than twice
 * its length plus 192 bytes a value, whatever it holds.
 */
public final class Json {
  /**
   * The deepest nesting of containers, that of the parser in the reference implementation of
   * safetensors.
   */
  public static final int MAX_DEPTH = 128;

  /** The most values in one document, not counting keys. */
  public static final int MAX_VALUES = 1 << 20;

  /**
   * The longest number in characters. The longest exact decimal of a double has 1,077 and a sign.
   */
  public static final int MAX_NUMBER_LENGTH = 2048;

  private final byte[] text;
  private final int end;
  private final int mostValues;
  private int at;
  private int depth;
  private int values;

  private Json(byte[] text, int length, int mostValues) {
    this.text = text;
    this.end = length;
    this.mostValues = mostValues;
  }

  /**
   * Reads a document.
   *
   * @throws JsonException when the bytes are not exactly one JSON value, or exceed a limit
   */
  public static JsonValue parse(byte[] utf8) {
    return parse(utf8, MAX_VALUES);
  }

  private static JsonValue parse(byte[] utf8, int mostValues) {
    return new Json(utf8, utf8.length, mostValues).document();
  }

  /** Reads a document, as {@link #parse(byte[])} does. */
  public static JsonValue parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a document that must be an object. */
  public static JsonObject parseObject(byte[] utf8) {
    return parseObject(utf8, MAX_VALUES);
  }

  /** Reads a document that must be an object, with another limit than {@link #MAX_VALUES}. */
  public static JsonObject parseObject(byte[] utf8, int mostValues) {
    return JsonPath.ROOT.object(parse(utf8, mostValues));
  }

  /**
   * Converts plain Java objects, so that a reader of JSON can also read the row of a table.
   *
   * @param members strings, integers as {@code Long} or {@code BigInteger}, finite {@code Double}s,
   *     {@code BigDecimal}s, {@code null}, and lists of these
   */
  public static JsonObject object(Map<String, ?> members) {
    Map<String, JsonValue> values = new LinkedHashMap<>();
    members.forEach((key, member) -> values.put(key, value(JsonPath.ROOT.child(key), member)));
    return new JsonObject(JsonPath.ROOT, values);
  }

  private static JsonValue value(JsonPath path, Object plain) {
    return switch (plain) {
      case null -> JsonValue.Null.NULL;
      case String text -> new JsonValue.Text(text);
      case Long number -> new JsonValue.Int(number);
      case BigInteger number -> new JsonValue.Real(number.doubleValue(), number.toString());
      case BigDecimal number -> new JsonValue.Real(number.doubleValue(), number.toPlainString());
      case Double number when Double.isFinite(number) ->
          new JsonValue.Real(number, number.toString());
      case List<?> list -> {
        List<JsonValue> elements = new ArrayList<>(list.size());
        for (Object element : list) {
          elements.add(value(path.child(elements.size()), element));
        }
        yield new JsonArray(path, elements);
      }
      default -> throw new IllegalArgumentException("JSON has no " + plain.getClass().getName());
    };
  }

  private JsonValue document() {
    JsonValue value = value(JsonPath.ROOT);
    skipWhitespace();
    if (at != end) {
      throw unexpected("the end of the text");
    }
    return value;
  }

  private JsonValue value(JsonPath path) {
    skipWhitespace();
    if (++values > mostValues) {
      throw error("more than " + mostValues + " values");
    }
    return switch (peek()) {
      case '{' -> object(path);
      case '[' -> array(path);
      case '"' -> new JsonValue.Text(string());
      case 't' -> word("true", new JsonValue.Bool(true));
      case 'f' -> word("false", new JsonValue.Bool(false));
      case 'n' -> word("null", JsonValue.Null.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("a value");
    };
  }

  private JsonObject object(JsonPath path) {
    enter();
    Map<String, JsonValue> members = new LinkedHashMap<>(4);
    boolean more = !takeAfterSpace('}');
    while (more) {
      skipWhitespace();
      int keyAt = at;
      if (peek() != '"') {
        throw unexpected(members.isEmpty() ? "a key or '}'" : "a key");
      }
      String key = string();
      if (!takeAfterSpace(':')) {
        throw unexpected("':'");
      }
      if (members.put(key, value(path.child(key))) != null) {
        at = keyAt;
        throw error("the key " + new JsonValue.Text(key).describe() + " is given twice");
      }
      more = takeAfterSpace(',');
      if (!more && !takeAfterSpace('}')) {
        throw unexpected("',' or '}'");
      }
    }
    depth--;
    return new JsonObject(path, members.isEmpty() ? Map.of() : members);
  }

  private JsonArray array(JsonPath path) {
    enter();
    List<JsonValue> elements = new ArrayList<>(4);
    boolean more = !takeAfterSpace(']');
    while (more) {
      elements.add(value(path.child(elements.size())));
      more = takeAfterSpace(',');
      if (!more && !takeAfterSpace(']')) {
        throw unexpected("',' or ']'");
      }
    }
    depth--;
    return new JsonArray(path, elements.isEmpty() ? List.of() : elements);
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    at++;
  }

  private JsonValue word(String word, JsonValue value) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (peek() != word.charAt(i)) {
        throw unexpected(word);
      }
    }
    return value;
  }

  private JsonValue number() {
    int start = at;
    boolean negative = take('-');
    int firstDigit = at;
    if (!take('0')) {
      digits();
    }
    boolean integral = true;
    if (take('.')) {
      integral = false;
      digits();
    }
    if (take('e') || take('E')) {
      integral = false;
      if (!take('+')) {
        take('-');
      }
      digits();
    }
    if (at - start > MAX_NUMBER_LENGTH) {
      at = start;
      throw error("a number of more than " + MAX_NUMBER_LENGTH + " characters");
    }
    boolean negativeZero = negative && text[firstDigit] == '0';
    if (integral && !negativeZero && at - firstDigit <= 19) {
      try {
        return new JsonValue.Int(Long.parseLong(ascii(start, at)));
      } catch (NumberFormatException beyondLong) {
        // Nineteen digits may still be too many; the number is then kept as a double, below.
      }
    }
    double value = Double.parseDouble(ascii(start, at));
    if (Double.isInfinite(value)) {
      at = start;
      throw error("a number beyond the range of double");
    }
    return new JsonValue.Real(value, ascii(start, at));
  }

  private void digits() {
    int start = at;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    if (at == start) {
      throw unexpected("a digit");
    }
  }

  private String string() {
    int start = ++at;
    StringBuilder unescaped = null;
    boolean ascii = true;
    while (true) {
      int next = peek();
      if (next == '"' || next == '\\') {
        String piece = ascii ? ascii(start, at) : decode(start, at);
        if (next == '"') {
          at++;
          return unescaped == null ? piece : unescaped.append(piece).toString();
        }
        unescaped = (unescaped == null ? new StringBuilder() : unescaped).append(piece);
        escape(unescaped);
        start = at;
        ascii = true;
      } else if (next < 0x20) {
        throw next < 0
            ? unexpected("'\"'")
            : error("a control character in a string must be escaped");
      } else {
        ascii &= next < 0x80;
        at++;
      }
    }
  }

  private void escape(StringBuilder to) {
    int start = at++;
    int kind = peek();
    at++;
    switch (kind) {
      case '"', '\\', '/' -> to.append((char) kind);
      case 'b' -> to.append('\b');
      case 'f' -> to.append('\f');
      case 'n' -> to.append('\n');
      case 'r' -> to.append('\r');
      case 't' -> to.append('\t');
      case 'u' -> {
        char first = hexadecimal();
        to.append(first);
        if (Character.isSurrogate(first)) {
          boolean paired = Character.isHighSurrogate(first) && take('\\') && take('u');
          char second = paired ? hexadecimal() : 0;
          if (!Character.isLowSurrogate(second)) {
            at = start;
            throw error("a lone surrogate");
          }
          to.append(second);
        }
      }
      default -> {
        at--;
        throw unexpected("an escape");
      }
    }
  }

  private char hexadecimal() {
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit = Character.digit(Math.clamp(peek(), 0, 0x7f), 16);
      if (digit < 0) {
        throw unexpected("four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private String ascii(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private String decode(int from, int to) {
    ByteBuffer bytes = ByteBuffer.wrap(text, from, to - from);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      at = bytes.position();
      throw error("not UTF-8");
    }
  }

  private void skipWhitespace() {
    while (at < end
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
  }

  /** Returns the next byte, or -1 at the end. */
  private int peek() {
    return at < end ? text[at] & 0xff : -1;
  }

  private boolean take(char expected) {
    if (peek() == expected) {
      at++;
      return true;
    }
    return false;
  }

  private boolean takeAfterSpace(char expected) {
    skipWhitespace();
    return take(expected);
  }

  private JsonException unexpected(String expected) {
    int found = peek();
    String what =
        found < 0
            ? "the end of the text"
            : found > 0x20 && found < 0x7f
                ? "'" + (char) found + "'"
                : "byte 0x%02x".formatted(found);
    return error("expected " + expected + ", found " + what);
  }

  private JsonException error(String problem) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, end); i++) {
      if (text[i] == '\n') {
        line++;
        column = 1;
      } else if ((text[i] & 0xc0) != 0x80) {
        column++;
      }
    }
    return new JsonException(problem, line, column, at);
  }
}
