package io.github.visualbert.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What the reference tokenizer does to each code point beyond ASCII: the table {@code
 * code-points.txt} beside this class. It is loaded with the first of them, which in most programs
 * is never.
 */
final class UnicodeTable {
  private static final String RESOURCE = "code-points.txt";
  private static final int PAGE_BITS = 8;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final short[] NO_FLAGS = new short[PAGE_SIZE];

  static final UnicodeTable TABLE = new UnicodeTable();

  /** Flags by page and offset in the page. Pages without flags share {@link #NO_FLAGS}. */
  private final short[][] pages = new short[(Character.MAX_CODE_POINT + 1) >> PAGE_BITS][];

  private final Mapping decomposed = new Mapping();
  private final Mapping lowercase = new Mapping();
  private final Map<Integer, Integer> combiningClasses = new HashMap<>();

  private UnicodeTable() {
    Arrays.fill(pages, NO_FLAGS);
    try (InputStream stream = UnicodeTable.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException(
            RESOURCE + " is not beside " + UnicodeTable.class.getName());
      }
      new Reader(stream.readAllBytes()).read();
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  int flags(int codePoint) {
    return pages[codePoint >> PAGE_BITS][codePoint & (PAGE_SIZE - 1)];
  }

  int[] decomposed(int codePoint) {
    return decomposed.get(codePoint);
  }

  int[] lowercase(int codePoint) {
    return lowercase.get(codePoint);
  }

  int combiningClass(int codePoint) {
    return combiningClasses.get(codePoint);
  }

  private void flag(int codePoint, int flags) {
    int page = codePoint >> PAGE_BITS;
    if (pages[page] == NO_FLAGS) {
      pages[page] = new short[PAGE_SIZE];
    }
    pages[page][codePoint & (PAGE_SIZE - 1)] |= (short) flags;
  }

  /**
   * Maps code points to their replacements: sorted spans, each with the replacement of its first
   * code point.
   */
  private static final class Mapping {
    private int[] firsts = new int[256];
    private int[][] values = new int[256][];

    /**
     * Whether the replacements within a span increase along with its code points, or are all equal.
     */
    private boolean[] shifted = new boolean[256];

    private int size;

    /** Appends a span; spans are added in order. */
    void add(int first, int[] value, boolean shift) {
      if (size == firsts.length) {
        firsts = Arrays.copyOf(firsts, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
        shifted = Arrays.copyOf(shifted, 2 * size);
      }
      firsts[size] = first;
      values[size] = value;
      shifted[size++] = shift;
    }

    /** Returns the replacement of a code point of any span. */
    int[] get(int codePoint) {
      int span = Arrays.binarySearch(firsts, 0, size, codePoint);
      if (span < 0) {
        span = -span - 2;
      }
      int[] value = values[span];
      return shifted[span] ? new int[] {value[0] + codePoint - firsts[span]} : value;
    }
  }

  /** A cursor over the text of the table. */
  private final class Reader {
    private final byte[] text;
    private int at;

    Reader(byte[] text) {
      this.text = text;
    }

    void read() {
      String section = "";
      while (at < text.length) {
        switch (text[at]) {
          case '#' -> line();
          case '[' -> {
            String line = line();
            section = line.substring(1, line.length() - 1);
          }
          case ' ', '\n' -> at++;
          default -> entry(section);
        }
      }
    }

    private String line() {
      int start = at;
      while (text[at] != '\n') {
        at++;
      }
      return new String(text, start, at - start, StandardCharsets.US_ASCII);
    }

    /** Reads an entry, {@code a-b}, {@code a-b=v}, {@code a-b>v} or {@code a-b/2>v}. */
    private void entry(String section) {
      int first = number(16);
      int last = take('-') ? number(16) : first;
      int step = take('/') ? number(10) : 1;
      boolean shifted = take('>');
      int[] value = shifted || take('=') ? value() : null;
      int flags =
          switch (section) {
            case "clean_removed" -> CodePoints.CLEAN_REMOVED;
            case "clean_space" -> CodePoints.CLEAN_SPACE;
            case "chinese" -> CodePoints.CHINESE;
            case "punctuation" -> CodePoints.PUNCTUATION;
            case "whitespace" -> CodePoints.WHITESPACE;
            case "stripped_mark" -> CodePoints.STRIPPED;
            case "stripped_starter" -> CodePoints.STRIPPED | CodePoints.STARTER;
            case "decomposed" -> CodePoints.DECOMPOSED;
            case "lowercase" -> CodePoints.LOWERCASED;
            default -> CodePoints.KEPT_MARK;
          };
      for (int c = first; c <= last; c += step) {
        flag(c, flags);
      }
      switch (flags) {
        case CodePoints.DECOMPOSED -> decomposed.add(first, value, shifted);
        case CodePoints.LOWERCASED -> lowercase.add(first, value, shifted);
        case CodePoints.KEPT_MARK -> {
          int combiningClass = Integer.parseInt(section.substring("kept_mark ".length()));
          for (int c = first; c <= last; c++) {
            combiningClasses.put(c, combiningClass);
          }
        }
        default -> {}
      }
    }

    private int[] value() {
      int[] value = {number(16)};
      while (take('.')) {
        value = Arrays.copyOf(value, value.length + 1);
        value[value.length - 1] = number(16);
      }
      return value;
    }

    private int number(int radix) {
      int number = 0;
      for (int digit; (digit = Character.digit(text[at], radix)) >= 0; at++) {
        number = number * radix + digit;
      }
      return number;
    }

    private boolean take(char expected) {
      boolean found = text[at] == expected;
      at += found ? 1 : 0;
      return found;
    }
  }
}
