package io.github.visualbert.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
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
      CodePoints table = new CodePoints();
      String section = "";
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("[")) {
          section = line.substring(1, line.length() - 1);
        } else if (!line.isEmpty() && !line.startsWith("#")) {
          for (String entry : line.split(" ")) {
            table.add(section, entry);
          }
        }
      }
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  /** Adds an entry of the table, {@code a-b}, {@code a-b=v}, {@code a-b>v} or {@code a-b/2>v}. */
  private void add(String section, String entry) {
    String[] sides = entry.split("[=>]");
    String[] span = sides[0].split("/")[0].split("-");
    int first = Integer.parseInt(span[0], 16);
    int last = Integer.parseInt(span[span.length - 1], 16);
    int step = sides[0].endsWith("/2") ? 2 : 1;
    boolean shifted = entry.indexOf('>') > 0;
    for (int c = first; c <= last; c += step) {
      switch (section) {
        case "clean_removed" -> flag(c, CLEAN_REMOVED);
        case "clean_space" -> flag(c, CLEAN_SPACE);
        case "chinese" -> flag(c, CHINESE);
        case "punctuation" -> flag(c, PUNCTUATION);
        case "whitespace" -> flag(c, WHITESPACE);
        case "stripped_mark" -> flag(c, STRIPPED);
        case "stripped_starter" -> flag(c, STRIPPED | STARTER);
        case "decomposed" -> {
          flag(c, DECOMPOSED);
          decomposed.put(c, value(sides[1], shifted ? c - first : 0));
        }
        case "lowercase" -> {
          flag(c, LOWERCASED);
          lowercase.put(c, value(sides[1], shifted ? c - first : 0));
        }
        default -> {
          flag(c, KEPT_MARK);
          combiningClasses.put(c, Integer.valueOf(section.substring("kept_mark ".length())));
        }
      }
    }
  }

  private void flag(int codePoint, int flags) {
    int page = codePoint >> PAGE_BITS;
    if (pages[page] == NO_FLAGS) {
      pages[page] = new short[PAGE_SIZE];
    }
    pages[page][codePoint & (PAGE_SIZE - 1)] |= (short) flags;
  }

  private static int[] value(String text, int shift) {
    String[] parts = text.split("\\.");
    int[] value = new int[parts.length];
    for (int i = 0; i < value.length; i++) {
      value[i] = Integer.parseInt(parts[i], 16) + shift;
    }
    return value;
  }
}
