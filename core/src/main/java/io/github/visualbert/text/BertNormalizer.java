package io.github.visualbert.text;

/**
 * The first step of the tokenizer: cleans a text, puts spaces around Chinese characters, strips
 * accents and lowercases, each as configured.
 *
 * <p>Reproduces {@code BertNormalizer} of Hugging Face tokenizers 0.23 one code point at a time, in
 * one pass. Lone surrogates, which the reference cannot receive, are deleted like U+FFFD, with
 * which decoding would have replaced them. Immutable and thread-safe.
 */
final class BertNormalizer {
  private static final CodePoints TABLE = CodePoints.TABLE;

  // Hangul syllables are made of letters by arithmetic: section 3.12 of the Unicode standard.
  private static final int FIRST_SYLLABLE = 0xac00;
  private static final int LAST_SYLLABLE = 0xd7a3;
  private static final int LEADING = 0x1100;
  private static final int VOWEL = 0x1161;
  private static final int TRAILING = 0x11a7;
  private static final int VOWELS = 21;
  private static final int TRAILINGS = 28;

  private final boolean chineseChars;
  private final boolean stripAccents;
  private final boolean lowerCase;

  BertNormalizer(boolean chineseChars, boolean stripAccents, boolean lowerCase) {
    this.chineseChars = chineseChars;
    this.stripAccents = stripAccents;
    this.lowerCase = lowerCase;
  }

  /** Replaces the contents of {@code to} by the normal form of [start, end) of a text. */
  void normalize(String text, int start, int end, NormalizedText to) {
    to.clear();
    MarkOrder marks = new MarkOrder();
    int next;
    for (int i = start; i < end; i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      int flags = TABLE.flags(c);
      if ((flags & CodePoints.CLEAN_REMOVED) != 0 || isSurrogate(c)) {
        continue;
      }
      boolean spaced = chineseChars && (flags & CodePoints.CHINESE) != 0;
      if (spaced || (flags & CodePoints.CLEAN_SPACE) != 0) {
        marks.flush(to);
        to.append(' ', i);
      }
      if ((flags & CodePoints.CLEAN_SPACE) != 0) {
        continue;
      }
      if (stripAccents) {
        strip(c, flags, i, marks, to);
      } else {
        lower(c, flags, i, to);
      }
      if (spaced) {
        marks.flush(to);
        to.append(' ', i);
      }
    }
    marks.flush(to);
  }

  /**
   * Decomposes a code point, drops its nonspacing marks, and puts the other marks into canonical
   * order.
   */
  private void strip(int c, int flags, int origin, MarkOrder marks, NormalizedText to) {
    if ((flags & CodePoints.STRIPPED) != 0) {
      if ((flags & CodePoints.STARTER) != 0) {
        marks.flush(to);
      }
    } else if ((flags & CodePoints.DECOMPOSED) != 0) {
      for (int part : TABLE.decomposed(c)) {
        keep(part, TABLE.flags(part), origin, marks, to);
      }
    } else if (c >= FIRST_SYLLABLE && c <= LAST_SYLLABLE) {
      marks.flush(to);
      appendLetters(c, origin, to);
    } else {
      keep(c, flags, origin, marks, to);
    }
  }

  private void keep(int c, int flags, int origin, MarkOrder marks, NormalizedText to) {
    if ((flags & CodePoints.KEPT_MARK) != 0) {
      marks.add(c, origin);
    } else {
      marks.flush(to);
      lower(c, flags, origin, to);
    }
  }

  private void lower(int c, int flags, int origin, NormalizedText to) {
    if (lowerCase && (flags & CodePoints.LOWERCASED) != 0) {
      for (int lower : TABLE.lowercase(c)) {
        to.append(lower, origin);
      }
    } else {
      to.append(c, origin);
    }
  }

  private static void appendLetters(int syllable, int origin, NormalizedText to) {
    int index = syllable - FIRST_SYLLABLE;
    to.append(LEADING + index / (VOWELS * TRAILINGS), origin);
    to.append(VOWEL + index / TRAILINGS % VOWELS, origin);
    if (index % TRAILINGS > 0) {
      to.append(TRAILING + index % TRAILINGS, origin);
    }
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
