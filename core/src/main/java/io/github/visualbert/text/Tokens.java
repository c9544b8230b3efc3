package io.github.visualbert.text;

import java.util.BitSet;
import java.util.OptionalInt;

/**
 * The tokens of one text, or a slice of them, without special tokens around it. Truncation works on
 * these.
 *
 * <p>Each token knows the range of chars of the text it came from. A slice still knows the tokens
 * that were cut off, so a phrase that lost its end is not mistaken for a shorter one. Immutable and
 * thread-safe.
 */
public final class Tokens {
  private final Vocabulary vocabulary;
  private final int[] ids;
  private final int[] starts;
  private final int[] ends;

  /** The tokens that end a word; special tokens in the text are none of them. */
  private final BitSet wordEnds;

  private final int from;
  private final int to;

  Tokens(
      Vocabulary vocabulary,
      int[] ids,
      int[] starts,
      int[] ends,
      BitSet wordEnds,
      int from,
      int to) {
    this.vocabulary = vocabulary;
    this.ids = ids;
    this.starts = starts;
    this.ends = ends;
    this.wordEnds = wordEnds;
    this.from = from;
    this.to = to;
  }

  /** Returns the number of tokens. */
  public int size() {
    return to - from;
  }

  /** Returns the id of a token. */
  public int id(int index) {
    return ids[checked(index)];
  }

  /** Returns a token as the vocabulary spells it. */
  public String token(int index) {
    return vocabulary.token(id(index));
  }

  /** Returns the index in the text of the first char that a token came from. */
  public int start(int index) {
    return starts[checked(index)];
  }

  /** Returns the index in the text behind the last char that a token came from. */
  public int end(int index) {
    return ends[checked(index)];
  }

  /** Returns whether a token continues the word of the token before it. */
  public boolean continuesWord(int index) {
    return token(index).startsWith(WordPiece.CONTINUATION);
  }

  /** Returns the first {@code count} tokens. */
  public Tokens first(int count) {
    return slice(0, count);
  }

  /** Returns the last {@code count} tokens. */
  public Tokens last(int count) {
    return slice(size() - count, size());
  }

  private Tokens slice(int start, int end) {
    if (start < 0 || end < start || end > size()) {
      throw new IllegalArgumentException("%d of %d tokens".formatted(end - start, size()));
    }
    return new Tokens(vocabulary, ids, starts, ends, wordEnds, from + start, from + end);
  }

  /** Returns whether tokens of the text were cut off. */
  public boolean truncated() {
    return size() < ids.length;
  }

  /**
   * Returns the index of the last token that overlaps the range [start, end) of the text; empty
   * when no token does, when that token was cut off, or when the range is empty.
   */
  public OptionalInt lastTokenWithin(int start, int end) {
    int last = start < end ? ids.length - 1 : -1;
    while (last >= 0 && (starts[last] >= end || ends[last] <= start)) {
      last--;
    }
    return last >= from && last < to ? OptionalInt.of(last - from) : OptionalInt.empty();
  }

  /**
   * Returns the number of tokens up to the end of the word that holds the {@code limit}-th token,
   * or of all tokens when there are fewer.
   */
  int sizeOfWordsUpTo(int limit) {
    int last = limit > size() ? -1 : wordEnds.nextSetBit(from + Math.max(limit - 1, 0));
    return last < 0 ? size() : Math.min(last + 1, to) - from;
  }

  void copyIds(int[] target, int at) {
    System.arraycopy(ids, from, target, at, size());
  }

  private int checked(int index) {
    if (index < 0 || index >= size()) {
      throw new IllegalArgumentException("there is no token %d of %d".formatted(index, size()));
    }
    return from + index;
  }
}
