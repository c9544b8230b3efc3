package io.github.visualbert.text;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.Locale;

/**
 * How a text or a pair of texts that is too long is truncated, always at the end.
 *
 * @param strategy which text is cut
 * @param maxLength the most tokens that may be left, special tokens included; without meaning for
 *     {@link Strategy#NONE}
 */
public record Truncation(Strategy strategy, int maxLength) {
  /** Which text of a pair is cut. The names are Hugging Face's. */
  public enum Strategy {
    /** Neither. */
    NONE,
    /**
     * The longer one, down to the other's length; then both to half the maximum. An odd token stays
     * with the longer one, or with the pair where both are equal.
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
    int budget = budget(special);
    if (text.size() <= budget) {
      return text;
    }
    if (strategy == Strategy.ONLY_SECOND && budget > 0) {
      throw refuse("there is no second text, %d tokens must go".formatted(text.size() - budget));
    }
    return text.first(budget);
  }

  /**
   * Returns how much is left of the texts of a pair.
   *
   * @param special how many special tokens will be added
   * @throws InputException when the strategy cannot reach {@link #maxLength}
   */
  Lengths lengths(Tokens first, Tokens second, int special) {
    int budget = budget(special);
    long excess = (long) first.size() + second.size() - budget;
    if (excess <= 0) {
      return new Lengths(first.size(), second.size());
    }
    if (budget == 0) {
      return new Lengths(0, 0);
    }
    return switch (strategy) {
      case NONE -> throw new AssertionError("there is no maximum");
      case ONLY_FIRST -> new Lengths(cut("first", first.size(), excess), second.size());
      case ONLY_SECOND -> new Lengths(first.size(), cut("second", second.size(), excess));
      // The reference reads no further than the word with which a text reaches the maximum, so of
      // two long texts the one that has more pieces up to there counts as the longer.
      case LONGEST_FIRST ->
          longestFirst(first.sizeOfWordsUpTo(maxLength), second.sizeOfWordsUpTo(maxLength), budget);
    };
  }

  private static Lengths longestFirst(int first, int second, int budget) {
    int shorter = Math.min(first, second);
    int longer = shorter > budget ? shorter : Math.max(shorter, budget - shorter);
    if ((long) shorter + longer > budget) {
      shorter = budget / 2;
      longer = budget - shorter;
    }
    return first > second ? new Lengths(longer, shorter) : new Lengths(shorter, longer);
  }

  /** Returns how many tokens of the texts may be left. */
  private int budget(int special) {
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
