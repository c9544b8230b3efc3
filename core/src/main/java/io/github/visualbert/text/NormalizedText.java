package io.github.visualbert.text;

import java.util.Arrays;

/**
 * The normal form of a stretch of text: its chars, and for each the index in the text of the one it
 * came from.
 */
final class NormalizedText {
  private char[] chars;
  private int[] origins;
  private int length;

  NormalizedText(int capacity) {
    chars = new char[capacity];
    origins = new int[capacity];
  }

  int length() {
    return length;
  }

  char charAt(int index) {
    return chars[index];
  }

  /** Returns the chars, of which the first {@link #length} are the text. Not to be modified. */
  char[] chars() {
    return chars;
  }

  int codePointAt(int index) {
    return Character.codePointAt(chars, index, length);
  }

  /** Returns the index, in the text, of the first char of the code point that gave this char. */
  int origin(int index) {
    return origins[index];
  }

  /** Appends a code point that came from the one at {@code origin} of the text. */
  void append(int codePoint, int origin) {
    if (length + 2 > chars.length) {
      int capacity = length + (length >> 1) + 16;
      chars = Arrays.copyOf(chars, capacity);
      origins = Arrays.copyOf(origins, capacity);
    }
    int count = Character.toChars(codePoint, chars, length);
    origins[length] = origin;
    origins[length + count - 1] = origin;
    length += count;
  }

  void clear() {
    length = 0;
  }

  @Override
  public String toString() {
    return new String(chars, 0, length);
  }
}
