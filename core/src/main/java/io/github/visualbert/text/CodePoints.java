package io.github.visualbert.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What the reference tokenizer does to each code point: the table {@code code-points.txt} beside
 * this class.
 *
 * <p>The reference carries Unicode tables of several ages (version 8 for nonspacing marks, 9 for
 * decomposition, later ones for lower case), so no one version of Unicode gives the same ids, and
 * neither would the next JDK.
 */
final class CodePoints {
  /** Deleted by the first step: control, format and private-use characters, and U+FFFD. */
  static final int CLEAN_REMOVED = 1;

  /** Becomes an ordinary space in the first step. */
  static final int CLEAN_SPACE = 1 << 1;

  /** A Chinese character, which is a word of its own. */
  static final int CHINESE = 1 << 2;

  /** Ends a word and is one of its own. */
  static final int PUNCTUATION = 1 << 3;

  /** Ends a word. */
  static final int WHITESPACE = 1 << 4;

  /** Nothing is left of it after accents are stripped. */
  static final int STRIPPED = 1 << 5;

  /** Stripping accents leaves something else; Hangul syllables are told by their range instead. */
  static final int DECOMPOSED = 1 << 6;

  /** Has a lower-case form. */
  static final int LOWERCASED = 1 << 7;

  /** A mark with a {@link #combiningClass} that is not stripped. */
  static final int KEPT_MARK = 1 << 8;

  /** With {@link #STRIPPED}: marks before it and after it are not ordered among each other. */
  static final int STARTER = 1 << 9;

  private static final String RESOURCE = "code-points.txt";
  private static final int HEXADECIMAL = 16;
  private static final int PAGE_BITS = 8;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final short[] NO_FLAGS = new short[PAGE_SIZE];

  static final CodePoints TABLE = read();

  /** Flags by page and place in the page; pages without any are all {@link #NO_FLAGS}. */
  private final short[][] pages = new short[(Character.MAX_CODE_POINT + 1) >> PAGE_BITS][];

  private final Map<Integer, int[]> decomposed = new HashMap<>();
  private final Map<Integer, int[]> lowercase = new HashMap<>();
  private final Map<Integer, Integer> combiningClasses = new HashMap<>();

  private CodePoints() {
    Arrays.fill(pages, NO_FLAGS);
  }

  /** Returns the flags of a code point, those above or'ed together. */
  int flags(int codePoint) {
    return pages[codePoint >> PAGE_BITS][codePoint & (PAGE_SIZE - 1)];
  }

  /**
   * Returns what stripping accents makes of a {@link #DECOMPOSED} code point. Not to be written to.
   */
  int[] decomposed(int codePoint) {
    return decomposed.get(codePoint);
  }

  /** Returns the lower case of a {@link #LOWERCASED} code point. Not to be written to. */
  int[] lowercase(int codePoint) {
    return lowercase.get(codePoint);
  }

  /** Returns the canonical combining class of a {@link #KEPT_MARK}. */
  int combiningClass(int codePoint) {
    return combiningClasses.get(codePoint);
  }

  private static CodePoints read() {
    try (InputStream stream = CodePoints.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException(RESOURCE + " is not beside " + CodePoints.class.getName());
      }
      String text = new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
      CodePoints table = new CodePoints();
      String section = "";
      int end;
      for (int start = 0; start < text.length(); start = end + 1) {
        end = text.indexOf('\n', start);
        if (text.charAt(start) == '[') {
          section = text.substring(start + 1, end - 1);
        } else if (text.charAt(start) != '#') {
          table.addAll(section, text.substring(start, end));
        }
      }
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  private void addAll(String section, String line) {
    int end;
    for (int start = 0; start < line.length(); start = end + 1) {
      end = line.indexOf(' ', start);
      end = end < 0 ? line.length() : end;
      add(section, line.substring(start, end));
    }
  }

  /** Adds an entry of the table, {@code a-b}, {@code a-b=v}, {@code a-b>v} or {@code a-b/2>v}. */
  private void add(String section, String entry) {
    int sign = Math.max(entry.indexOf('='), entry.indexOf('>'));
    int slash = entry.indexOf('/');
    int keyEnd = slash >= 0 ? slash : sign >= 0 ? sign : entry.length();
    int dash = entry.indexOf('-');
    int first = Integer.parseInt(entry, 0, dash >= 0 ? dash : keyEnd, HEXADECIMAL);
    int last = dash >= 0 ? Integer.parseInt(entry, dash + 1, keyEnd, HEXADECIMAL) : first;
    int step = slash >= 0 ? 2 : 1;
    switch (section) {
      case "clean_removed" -> flag(first, last, step, CLEAN_REMOVED);
      case "clean_space" -> flag(first, last, step, CLEAN_SPACE);
      case "chinese" -> flag(first, last, step, CHINESE);
      case "punctuation" -> flag(first, last, step, PUNCTUATION);
      case "whitespace" -> flag(first, last, step, WHITESPACE);
      case "stripped_mark" -> flag(first, last, step, STRIPPED);
      case "stripped_starter" -> flag(first, last, step, STRIPPED | STARTER);
      case "decomposed" -> {
        flag(first, last, step, DECOMPOSED);
        map(decomposed, first, last, step, entry, sign);
      }
      case "lowercase" -> {
        flag(first, last, step, LOWERCASED);
        map(lowercase, first, last, step, entry, sign);
      }
      default -> {
        flag(first, last, step, KEPT_MARK);
        Integer combiningClass = Integer.valueOf(section.substring("kept_mark ".length()));
        for (int c = first; c <= last; c++) {
          combiningClasses.put(c, combiningClass);
        }
      }
    }
  }

  private void flag(int first, int last, int step, int flags) {
    for (int c = first; c <= last; c += step) {
      int page = c >> PAGE_BITS;
      int pageEnd = (page + 1) << PAGE_BITS;
      if (pages[page] == NO_FLAGS) {
        pages[page] = new short[PAGE_SIZE];
        if (step == 1 && c == page << PAGE_BITS && last >= pageEnd - 1) {
          Arrays.fill(pages[page], (short) flags); // private use and Chinese are most of the table
          c = pageEnd - 1;
          continue;
        }
      }
      pages[page][c & (PAGE_SIZE - 1)] |= (short) flags;
    }
  }

  private static void map(
      Map<Integer, int[]> to, int first, int last, int step, String entry, int sign) {
    int dot = entry.indexOf('.');
    int[] value =
        dot < 0
            ? new int[] {Integer.parseInt(entry, sign + 1, entry.length(), HEXADECIMAL)}
            : Arrays.stream(entry.substring(sign + 1).split("\\."))
                .mapToInt(part -> Integer.parseInt(part, HEXADECIMAL))
                .toArray();
    boolean shifted = entry.charAt(sign) == '>';
    for (int c = first; c <= last; c += step) {
      to.put(c, shifted ? new int[] {value[0] + c - first} : value);
    }
  }
}
