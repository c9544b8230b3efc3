package io.github.visualbert.text;

/**
 * What the reference tokenizer does to each code point. ASCII, all that most texts hold, is defined
 * here, the rest in {@link UnicodeTable}.
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

  /** Stripping accents deletes it. */
  static final int STRIPPED = 1 << 5;

  /** Stripping accents replaces it. Hangul syllables are told by their range instead. */
  static final int DECOMPOSED = 1 << 6;

  /** Has a lower-case form. */
  static final int LOWERCASED = 1 << 7;

  /** A mark with a {@link #combiningClass} that is not stripped. */
  static final int KEPT_MARK = 1 << 8;

  /** With {@link #STRIPPED}: marks are not reordered across it. */
  static final int STARTER = 1 << 9;

  static final CodePoints TABLE = new CodePoints();

  private static final int ASCII = 0x80;

  private final short[] ascii = new short[ASCII];
  private final int[][] asciiLowercase = new int[ASCII][];

  private CodePoints() {
    for (int c = 0; c < ASCII; c++) {
      if (c >= '\t' && c <= '\r' || c == ' ') {
        ascii[c] |= WHITESPACE;
      }
      if (c == '\t' || c == '\n' || c == '\r') {
        ascii[c] |= CLEAN_SPACE;
      } else if (c < ' ' || c == 0x7f) {
        ascii[c] |= CLEAN_REMOVED;
      } else if (c >= 'A' && c <= 'Z') {
        ascii[c] |= LOWERCASED;
        asciiLowercase[c] = new int[] {c - 'A' + 'a'};
      } else if (c > ' ' && (c < '0' || c > '9') && (c < 'a' || c > 'z')) {
        ascii[c] |= PUNCTUATION;
      }
    }
  }

  /** Returns the flags of a code point, those above or'ed together. */
  int flags(int codePoint) {
    return codePoint < ASCII ? ascii[codePoint] : UnicodeTable.TABLE.flags(codePoint);
  }

  /**
   * Returns what stripping accents makes of a {@link #DECOMPOSED} code point. Not to be modified.
   */
  int[] decomposed(int codePoint) {
    return UnicodeTable.TABLE.decomposed(codePoint);
  }

  /** Returns the lower case of a {@link #LOWERCASED} code point. Not to be modified. */
  int[] lowercase(int codePoint) {
    return codePoint < ASCII ? asciiLowercase[codePoint] : UnicodeTable.TABLE.lowercase(codePoint);
  }

  /** Returns the canonical combining class of a {@link #KEPT_MARK}. */
  int combiningClass(int codePoint) {
    return UnicodeTable.TABLE.combiningClass(codePoint);
  }
}
