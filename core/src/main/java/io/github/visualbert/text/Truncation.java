package io.github.visualbert.text;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.Locale;

/**
 * How a text, or a pair of texts, that is too long is cut. Tokens go from the end.
 *
 * @param strategy which text is cut
 * @param maxLength the most tokens that may be left, special tokens counted in; without meaning for
 *     {@link Strategy#NONE}
 */
public record Truncation(Strategy strategy, int maxLength) {
  /** Which text of a pair is cut. The names are Hugging Face's. */
  public enum Strategy {
    /** Neither. */
    NONE,
    /**
     * The longer one, down to the other's length; then both, in halves, the odd token staying with
     * the longer one (of equals, with the pair).
     */
    LONGEST_FIRST,
    /** The first; an error when that is not enough. */
    ONLY_FIRST,
    /** The second; an error when that is not enough, or there is none. */
    ONLY_SECOND;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Truncation NONE = new Truncation(Strategy.NONE, Integer.MAX_VALUE);

  /** Checks that {@code maxLength} is not negative. */
  public Truncation {
    if (maxLength < 0) {
      throw new IllegalArgumentException("maxLength is " + maxLength + ", expected 0 or more");
    }
  }

  /** Returns the truncation that leaves texts as they are. */
  public static Truncation none() {
    return NONE;
  }

  /** Returns the truncation that cuts the longer text first. */
  public static Truncation longestFirst(int maxLength) {
    return new Truncation(Strategy.LONGEST_FIRST, maxLength);
  }

  /** Returns the truncation that cuts the first text alone. */
  public static Truncation onlyFirst(int maxLength) {
    return new Truncation(Strategy.ONLY_FIRST, maxLength);
  }

  /** Returns the truncation that cuts the second text alone. */
  public static Truncation onlySecond(int maxLength) {
    return new Truncation(Strategy.ONLY_SECOND, maxLength);
  }

  /** How many tokens of each text of a pair are left. */
  record Lengths(int first, int second) {}

  /**
   * Returns what is left of a text without a pair.
   *
   * @param special how many special tokens will be added
   * @throws InputException when the strategy cannot reach {@link #maxLength}
   */
  Tokens truncate(Tokens text, int special) {
    int room = room(special);
    if (text.size() <= room) {
      return text;
    }
    if (strategy == Strategy.ONLY_SECOND && room > 0) {
      throw refuse("there is no second text, %d tokens must go".formatted(text.size() - room));
    }
    return text.first(room);
  }

  /**
   * Returns how much is left of the texts of a pair.
   *
   * @param special how many special tokens will be added
   * @throws InputException when the strategy cannot reach {@link #maxLength}
   */
  Lengths lengths(Tokens first, Tokens second, int special) {
    int room = room(special);
    long excess = (long) first.size() + second.size() - room;
    if (excess <= 0) {
      return new Lengths(first.size(), second.size());
    }
    if (room == 0) {
      return new Lengths(0, 0);
    }
    return switch (strategy) {
      case NONE -> throw new AssertionError("there is always room");
      case ONLY_FIRST -> new Lengths(cut("first", first.size(), excess), second.size());
      case ONLY_SECOND -> new Lengths(first.size(), cut("second", second.size(), excess));
      // The reference reads no further than the word with which a text reaches the maximum, so of
      // two long texts the one that has more pieces up to there counts as the longer.
      case LONGEST_FIRST ->
          longestFirst(first.sizeOfWordsUpTo(maxLength), second.sizeOfWordsUpTo(maxLength), room);
    };
  }

  private static Lengths longestFirst(int first, int second, int room) {
    int shorter = Math.min(first, second);
    int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
    if ((long) shorter + longer > room) {
      shorter = room / 2;
      longer = room - shorter;
    }
    return first > second ? new Lengths(longer, shorter) : new Lengths(shorter, longer);
  }

  /** Returns how many tokens of the texts there is room for. */
  private int room(int special) {
    if (strategy == Strategy.NONE) {
      return Integer.MAX_VALUE;
    }
    if (maxLength < special) {
      throw new InputException(
          Kind.MISMATCH,
          "cannot truncate to %d tokens: the special tokens alone are %d"
              .formatted(maxLength, special));
    }
    return maxLength - special;
  }

  private int cut(String which, int length, long excess) {
    if (length <= excess) {
      throw refuse(
          "the %s text has %d tokens, %d must go and one must stay"
              .formatted(which, length, excess));
    }
    return (int) (length - excess);
  }

  private InputException refuse(String why) {
    return new InputException(
        Kind.MISMATCH,
        "cannot truncate to %d tokens with %s: %s".formatted(maxLength, strategy, why));
  }
}
