package io.github.visualbert.text;

/**
 * Splits a word into tokens of the vocabulary: the longest that fits, then the longest that
 * continues it, to the end. A word that cannot be covered in this way is unknown as a whole.
 *
 * <p>Reproduces {@code WordPiece} of Hugging Face tokenizers 0.23. Made for one text, used by one
 * thread.
 */
final class WordPiece {
  /** Longer words are unknown, as in the reference; this also bounds the work per word. */
  static final int MAX_CODE_POINTS = 100;

  static final String CONTINUATION = "##";

  private final TokenTable table;
  private final int unknown;
  private final TokenBuffer to;

  /** The polynomials of the prefixes of the rest of a word. */
  private final long[] polynomials = new long[2 * MAX_CODE_POINTS];

  /** Makes one that appends tokens to {@code to}. */
  WordPiece(Vocabulary vocabulary, int unknown, TokenBuffer to) {
    this.table = vocabulary.table();
    this.unknown = unknown;
    this.to = to;
  }

  /** Appends the tokens of the word at which {@code words} stands. */
  void tokenize(NormalizedText text, BertPreTokenizer words) {
    int start = words.start();
    int end = words.end();
    int sizeBefore = to.size();
    if (words.codePoints() > MAX_CODE_POINTS || !cover(text, start, end)) {
      to.truncate(sizeBefore);
      to.append(unknown, text, start, end);
    }
    to.endWord();
  }

  private boolean cover(NormalizedText text, int start, int end) {
    String prefix = "";
    for (int from = start; from < end; ) {
      int tokenEnd = Math.min(end, from + table.longest() - prefix.length());
      long polynomial = table.polynomial(prefix);
      for (int i = from; i < tokenEnd; i++) {
        polynomial = table.extend(polynomial, text.charAt(i));
        polynomials[i - from] = polynomial;
      }
      int token = TokenTable.NONE;
      while (tokenEnd > from) {
        token = table.find(polynomials[tokenEnd - 1 - from], prefix, text.chars(), from, tokenEnd);
        if (token != TokenTable.NONE) {
          break;
        }
        tokenEnd--;
      }
      if (token == TokenTable.NONE) {
        return false;
      }
      to.append(token, text, from, tokenEnd);
      from = tokenEnd;
      prefix = CONTINUATION;
    }
    return true;
  }
}
