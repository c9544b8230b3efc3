package io.github.visualbert.text;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A text, or a pair of texts, as a model reads it: {@code [CLS] text [SEP]} or {@code [CLS] text
 * [SEP] pair [SEP]}, padded with {@code [PAD]}.
 *
 * <p>Each row of the model's input is one token. A token of a text knows the range of chars it came
 * from; the special tokens around the texts have none. Immutable and thread-safe.
 */
public final class Encoding {
  private final Vocabulary vocabulary;
  private final Tokens first;
  private final Tokens second;
  private final int[] ids;

  /**
   * Where the second text begins, behind [CLS], the first text and [SEP], which have token type 0.
   */
  private final int secondStart;

  /** The number of tokens before the padding. */
  private final int used;

  Encoding(Vocabulary vocabulary, SpecialIds special, Tokens first, Tokens second) {
    this.vocabulary = vocabulary;
    this.first = first;
    this.second = second;
    secondStart = first.size() + 2;
    used = second == null ? secondStart : secondStart + second.size() + 1;
    ids = new int[used];
    ids[0] = special.cls();
    first.copyIds(ids, 1);
    ids[secondStart - 1] = special.sep();
    if (second != null) {
      second.copyIds(ids, secondStart);
      ids[used - 1] = special.sep();
    }
  }

  private Encoding(Encoding unpadded, int[] ids) {
    this.vocabulary = unpadded.vocabulary;
    this.first = unpadded.first;
    this.second = unpadded.second;
    this.secondStart = unpadded.secondStart;
    this.used = unpadded.used;
    this.ids = ids;
  }

  /** Returns this encoding padded to {@code length} tokens, which is not less than it has. */
  Encoding padded(int length, int paddingId) {
    if (length == ids.length) {
      return this;
    }
    int[] paddedIds = Arrays.copyOf(ids, length);
    Arrays.fill(paddedIds, ids.length, length, paddingId);
    return new Encoding(this, paddedIds);
  }

  /** Returns the number of tokens, special tokens and padding included. */
  public int size() {
    return ids.length;
  }

  /** Returns the ids: {@code input_ids}. */
  public int[] ids() {
    return ids.clone();
  }

  /**
   * Returns 1 for the tokens of the second text and the separator behind it, 0 for all others:
   * {@code token_type_ids}.
   */
  public int[] tokenTypeIds() {
    int[] types = new int[ids.length];
    Arrays.fill(types, secondStart, used, 1); // nothing, where there is no second text
    return types;
  }

  /** Returns 0 for padding and 1 for all other tokens: {@code attention_mask}. */
  public int[] attentionMask() {
    int[] mask = new int[ids.length];
    Arrays.fill(mask, 0, used, 1);
    return mask;
  }

  /** Returns the tokens as the vocabulary spells them. */
  public List<String> tokens() {
    return Arrays.stream(ids).mapToObj(vocabulary::token).toList();
  }

  /** Returns whether a text was truncated. */
  public boolean truncated() {
    return first.truncated() || (second != null && second.truncated());
  }

  /** Returns the tokens of the first text. */
  public Tokens first() {
    return first;
  }

  /**
   * Returns the tokens of the second text.
   *
   * @throws IllegalStateException when there is none
   */
  public Tokens second() {
    if (second == null) {
      throw new IllegalStateException("the encoding is of one text");
    }
    return second;
  }

  /** Returns the position of the first token of the first text, behind {@code [CLS]}. */
  public int firstStart() {
    return 1;
  }

  /**
   * Returns the position of the first token of the second text, behind the separator; where there
   * is none, the number of tokens.
   */
  public int secondStart() {
    return secondStart;
  }

  /**
   * Returns the position of the last token that overlaps the range [start, end) of the first text,
   * where a model reads a phrase; empty when no token does, or when that token was cut off.
   */
  public OptionalInt lastTokenOfPhrase(int start, int end) {
    OptionalInt token = first.lastTokenWithin(start, end);
    return token.isEmpty() ? token : OptionalInt.of(token.getAsInt() + firstStart());
  }
}
