package io.github.visualbert.text;

/**
 * Breaks a word into tokens of the vocabulary: the longest that fits, then the longest that
 * continues it, to the end; a word that cannot be covered so is unknown as a whole.
 *
 * <p>Reproduces {@code WordPiece} of Hugging Face tokenizers 0.23. Immutable and thread-safe.
 */
final class WordPiece {
  /**
   * Longer words are unknown without a look, as in the reference; it also bounds the work per word.
   */
  static final int MAX_CODE_POINTS = 100;

  private final TokenTrie trie;
  private final int continuation;
  private final int unknown;

  WordPiece(Vocabulary vocabulary, int unknown) {
    this.trie = vocabulary.trie();
    this.continuation = vocabulary.continuation();
    this.unknown = unknown;
  }

  /** Appends the tokens of the word at which {@code words} stands. */
  void tokenize(NormalizedText text, BertPreTokenizer words, TokenBuffer to) {
    int start = words.start();
    int end = words.end();
    int sizeBefore = to.size();
    if (words.codePoints() > MAX_CODE_POINTS || !cover(text, start, end, to)) {
      to.truncate(sizeBefore);
      to.append(unknown, text, start, end);
    }
    to.endWord();
  }

  private boolean cover(NormalizedText text, int start, int end, TokenBuffer to) {
    for (int from = start; from < end; ) {
      int node = from == start ? TokenTrie.ROOT : continuation;
      int longest = TokenTrie.NONE;
      int longestEnd = from;
      for (int i = from; i < end && node != TokenTrie.NONE; i++) {
        node = trie.child(node, text.charAt(i));
        int token = trie.token(node);
        if (token != TokenTrie.NONE) {
          longest = token;
          longestEnd = i + 1;
        }
      }
      if (longest == TokenTrie.NONE) {
        return false;
      }
      to.append(longest, text, from, longestEnd);
      from = longestEnd;
    }
    return true;
  }
}
