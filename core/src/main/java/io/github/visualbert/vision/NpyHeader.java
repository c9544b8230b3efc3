package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.Arrays;

/**
 * Parses the header of a NumPy file, a Python dictionary of exactly {@code descr} (a string),
 * {@code fortran_order} (a boolean) and {@code shape} (a tuple of integers). Nothing else of Python
 * is understood.
 */
final class NpyHeader {
  private static final int MAX_RANK = 32;
  private static final int MAX_WORD = 64;

  private final String text;
  private final String source;
  private int at;
  private String descr;
  private Boolean fortranOrder;
  private long[] shape;

  NpyHeader(String text, String source) {
    this.text = text;
    this.source = source;
  }

  /** Parses the whole text. The entries are null before. */
  NpyHeader parse() {
    expect('{');
    while (!skipped('}')) {
      switch (key()) {
        case "descr" -> descr = once(descr, descr());
        case "fortran_order" -> fortranOrder = once(fortranOrder, bool());
        case "shape" -> shape = once(shape, shape());
        default -> throw malformed("an entry named descr, fortran_order or shape");
      }
      if (!skipped(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    if (at != text.length()) {
      throw malformed("nothing more");
    }
    if (descr == null || fortranOrder == null || shape == null) {
      throw malformed("descr, fortran_order and shape");
    }
    return this;
  }

  /** Returns the element type as NumPy writes it, {@code <f4}. */
  String type() {
    return descr;
  }

  /** Returns whether the first index runs fastest. */
  boolean columnMajor() {
    return fortranOrder;
  }

  long[] sizes() {
    return shape;
  }

  private String key() {
    String key = string();
    expect(':');
    return key;
  }

  private <T> T once(T earlier, T value) {
    if (earlier != null) {
      throw malformed("each entry once");
    }
    return value;
  }

  private String descr() {
    skipSpace();
    if (at < text.length() && text.charAt(at) == '[') {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: NumPy: holds records of several fields, expected an array of floats"
              .formatted(source));
    }
    return string();
  }

  private String string() {
    skipSpace();
    if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
      int end = text.indexOf(text.charAt(at), at + 1);
      if (end > 0 && end - at <= MAX_WORD && isPlain(at, end)) {
        String value = text.substring(at + 1, end);
        at = end + 1;
        return value;
      }
    }
    throw malformed("a quoted word");
  }

  private boolean isPlain(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private Boolean bool() {
    skipSpace();
    if (text.startsWith("True", at)) {
      at += 4;
      return true;
    }
    if (text.startsWith("False", at)) {
      at += 5;
      return false;
    }
    throw malformed("True or False");
  }

  private long[] shape() {
    long[] sizes = new long[MAX_RANK];
    int rank = 0;
    expect('(');
    while (!skipped(')')) {
      if (rank == MAX_RANK) {
        throw malformed("a tuple of at most " + MAX_RANK + " sizes");
      }
      sizes[rank++] = integer();
      boolean comma = skipped(',');
      if (!comma && rank == 1) {
        throw malformed("',', which makes it a tuple");
      }
      if (!comma) {
        expect(')');
        break;
      }
    }
    return Arrays.copyOf(sizes, rank);
  }

  private long integer() {
    skipSpace();
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    try {
      long value = Long.parseLong(text, start, at, 10);
      if (at < text.length() && text.charAt(at) == 'L') { // as Python 2 wrote it
        at++;
      }
      return value;
    } catch (NumberFormatException e) {
      at = start;
      throw malformed("an integer of 64 bits");
    }
  }

  private void expect(char wanted) {
    if (!skipped(wanted)) {
      throw malformed("'" + wanted + "'");
    }
  }

  private boolean skipped(char wanted) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
      at++;
    }
  }

  private InputException malformed(String expected) {
    return new InputException(
        Kind.MALFORMED,
        "%s: NumPy: expected %s at character %d of the header, found %s"
            .formatted(
                source,
                expected,
                at,
                at < text.length() ? "'" + printable(text.charAt(at)) + "'" : "its end"));
  }

  private static String printable(char c) {
    return c >= ' ' && c < 127 ? String.valueOf(c) : "\\u%04x".formatted((int) c);
  }
}
