package io.github.visualbert.weights;

/** The literals of protocol 0, which is text. */
final class PickleLiteral {
  private PickleLiteral() {}

  /**
   * Returns what stands between the quotes of a string of Python 2, its escapes resolved; every
   * character is a byte.
   */
  static String unquote(String literal, PickleInput input) {
    StringBuilder text = new StringBuilder(literal.length());
    for (int i = 0; i < literal.length(); i++) {
      char next = literal.charAt(i);
      if (next != '\\') {
        text.append(next);
        continue;
      }
      i++;
      char escape = i < literal.length() ? literal.charAt(i) : 0;
      switch (escape) {
        case '\\', '\'', '"' -> text.append(escape);
        case 'a' -> text.append('\7');
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'v' -> text.append('\13');
        case 'x' -> {
          text.append((char) hex(literal, i + 1, 2, input));
          i += 2;
        }
        default -> throw input.malformed("a string with an unknown escape");
      }
    }
    return text.toString();
  }

  /** Returns a text whose characters beyond Latin-1 are written as {@code \}{@code uXXXX}. */
  static String unescape(String literal, PickleInput input) {
    StringBuilder text = new StringBuilder(literal.length());
    for (int i = 0; i < literal.length(); i++) {
      char next = literal.charAt(i);
      char escape = next == '\\' && i + 1 < literal.length() ? literal.charAt(i + 1) : 0;
      if (escape == 'u' || escape == 'U') {
        int digits = escape == 'u' ? 4 : 8;
        int codePoint = hex(literal, i + 2, digits, input);
        if (!Character.isValidCodePoint(codePoint)) {
          throw input.malformed("a text with an escape beyond Unicode");
        }
        text.appendCodePoint(codePoint);
        i += 1 + digits;
      } else {
        text.append(next);
      }
    }
    return text.toString();
  }

  private static int hex(String literal, int at, int digits, PickleInput input) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = i < literal.length() ? Character.digit(literal.charAt(i), 16) : -1;
      if (digit < 0) {
        throw input.malformed("an escape without its digits");
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
