package io.github.visualbert.text;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * All tokens of a vocabulary in one array of characters, and a hash table of their ids.
 *
 * <p>Building it is fast in cold code: a program with a single question builds it before the JVM
 * has compiled anything. So building takes one pass over the chars, without sorting and without an
 * object per token.
 *
 * <p>The hash of a token is a polynomial of its chars modulo 2^31 - 1 at a random point, so no
 * choice of tokens makes the table slow. One pass over a word gives the hashes of all its prefixes.
 */
final class TokenTable {
  static final int NONE = -1;

  private static final int PRIME_BITS = 31;
  private static final long PRIME = (1L << PRIME_BITS) - 1;
  private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

  /** The chars of all tokens, in the order of their ids. */
  private final char[] chars;

  /** The start of each token in {@link #chars}, and the end of the last one. */
  private final int[] starts;

  /** The hashes of the tokens, which spare most comparisons of their chars. */
  private final int[] hashes;

  /** Open addressing with linear probing: an id plus one, or 0 for a free slot. */
  private final int[] slots;

  private final long factor;
  private int size;
  private int longest;

  /** Makes a table that has none of the tokens yet. Takes ownership of the arrays. */
  TokenTable(char[] chars, int[] starts) {
    this(chars, starts, ThreadLocalRandom.current().nextInt() >>> 2);
  }

  /** Makes such a table with a given point for the polynomials, from 0 to 2^30 - 1. */
  TokenTable(char[] chars, int[] starts, int factor) {
    this.chars = chars;
    this.starts = starts;
    this.factor = factor;
    int tokens = starts.length - 1;
    hashes = new int[tokens];
    slots = new int[Integer.highestOneBit(tokens) << 2]; // load factor 1/4 to 1/2
  }

  /**
   * Adds the next token and returns {@link #NONE}, or returns the id of an earlier token that is
   * equal to it.
   */
  int add() {
    int start = starts[size];
    int end = starts[size + 1];
    int hash = hash(start, end);
    int slot = hash & slots.length - 1;
    for (; slots[slot] != 0; slot = slot + 1 & slots.length - 1) {
      int id = slots[slot] - 1;
      if (hashes[id] == hash
          && Arrays.equals(chars, starts[id], starts[id + 1], chars, start, end)) {
        return id;
      }
    }
    hashes[size] = hash;
    slots[slot] = ++size;
    longest = Math.max(longest, end - start);
    return NONE;
  }

  int size() {
    return size;
  }

  /** Returns the length of the longest token. */
  int longest() {
    return longest;
  }

  String token(int id) {
    return new String(chars, starts[id], starts[id + 1] - starts[id]);
  }

  /** Returns the id of a token, or {@link #NONE}. */
  int find(String token) {
    return token.length() > longest ? NONE : find(polynomial(token), token, chars, 0, 0);
  }

  /**
   * Returns the id of the token that is made of a prefix and [start, end) of a text, or {@link
   * #NONE}.
   *
   * @param polynomial that of the two
   */
  int find(long polynomial, String prefix, char[] text, int start, int end) {
    int hash = hash(polynomial);
    for (int slot = hash & slots.length - 1; slots[slot] != 0; slot = slot + 1 & slots.length - 1) {
      int id = slots[slot] - 1;
      if (hashes[id] == hash && isToken(id, prefix, text, start, end)) {
        return id;
      }
    }
    return NONE;
  }

  private boolean isToken(int id, String prefix, char[] text, int start, int end) {
    int at = starts[id];
    if (starts[id + 1] - at != prefix.length() + end - start) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (chars[at++] != prefix.charAt(i)) {
        return false;
      }
    }
    return Arrays.equals(chars, at, starts[id + 1], text, start, end);
  }

  /** Returns the polynomial of a text. */
  long polynomial(String text) {
    long polynomial = factor; // not 0, so that the length counts
    for (int i = 0; i < text.length(); i++) {
      polynomial = extend(polynomial, text.charAt(i));
    }
    return polynomial;
  }

  private int hash(int start, int end) {
    long polynomial = factor;
    for (int i = start; i < end; i++) {
      polynomial = extend(polynomial, chars[i]);
    }
    return hash(polynomial);
  }

  /**
   * Returns the polynomial with one more character. It stays below 2^33, the product below 2^63.
   */
  long extend(long polynomial, char c) {
    long sum = polynomial * factor + c;
    return (sum & PRIME) + (sum >>> PRIME_BITS);
  }

  /** Mixes the bits of a polynomial: those of short texts are close to each other. */
  private static int hash(long polynomial) {
    long product = polynomial * GOLDEN_RATIO;
    return (int) ((product ^ product >>> 32) * GOLDEN_RATIO >>> 32);
  }
}
