package io.github.visualbert.text;

import java.util.Arrays;
import java.util.BitSet;

/** Collects the tokens of one text: ids, and the char range of the text that each came from. */
final class TokenBuffer {
  private final String text;
  private int[] ids = new int[16];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private final BitSet wordEnds = new BitSet();
  private int size;

  TokenBuffer(String text) {
    this.text = text;
  }

  int size() {
    return size;
  }

  /** Drops all tokens but the first {@code newSize}. */
  void truncate(int newSize) {
    size = newSize;
  }

  /** Appends a token that stands at [start, end) of the text. */
  void append(int id, int start, int end) {
    if (size == ids.length) {
      int capacity = size + (size >> 1);
      ids = Arrays.copyOf(ids, capacity);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
    }
    ids[size] = id;
    starts[size] = start;
    ends[size++] = end;
  }

  /** Appends a token that was made of [from, to) of the normalised text, which is not empty. */
  void append(int id, NormalizedText normalized, int from, int to) {
    // The ends of the range need not come from the first and last char: marks may have been
    // reordered.
    int first = Integer.MAX_VALUE;
    int last = 0;
    for (int i = from; i < to; i++) {
      first = Math.min(first, normalized.origin(i));
      last = Math.max(last, normalized.origin(i));
    }
    append(id, first, last + Character.charCount(text.codePointAt(last)));
  }

  /** Marks the token appended last as the last of a word of the text. */
  void endWord() {
    wordEnds.set(size - 1);
  }

  Tokens toTokens(Vocabulary vocabulary) {
    return new Tokens(
        vocabulary,
        Arrays.copyOf(ids, size),
        Arrays.copyOf(starts, size),
        Arrays.copyOf(ends, size),
        wordEnds,
        0,
        size);
  }
}
