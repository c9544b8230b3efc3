package io.github.visualbert.text;

/**
 * Splits normalised text into words: at white space, which is dropped, and around punctuation, each
 * mark of which is a word of its own.
 *
 * <p>Reproduces {@code BertPreTokenizer} of Hugging Face tokenizers 0.23. A cursor over one text,
 * used by one thread.
 */
final class BertPreTokenizer {
  private static final int BOUNDARY = CodePoints.WHITESPACE | CodePoints.PUNCTUATION;

  private final NormalizedText text;
  private int start;
  private int end;
  private int codePoints;

  BertPreTokenizer(NormalizedText text) {
    this.text = text;
  }

  /** Goes on to the next word, if there is one. */
  boolean next() {
    start = end;
    codePoints = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      int boundary = CodePoints.TABLE.flags(c) & BOUNDARY;
      if (boundary != 0 && codePoints > 0) {
        return true;
      }
      end += Character.charCount(c);
      if ((boundary & CodePoints.WHITESPACE) != 0) {
        start = end;
        continue;
      }
      codePoints++;
      if (boundary != 0) {
        return true;
      }
    }
    return codePoints > 0;
  }

  /** Returns the index, in the normalised text, of the first char of the word. */
  int start() {
    return start;
  }

  /** Returns the index behind the last char of the word. */
  int end() {
    return end;
  }

  /** Returns the length of the word in code points. */
  int codePoints() {
    return codePoints;
  }
}
