package io.github.visualbert.text;

/**
 * To what length encodings are padded, at the end. No token attends to padding.
 *
 * @param to what determines the length
 * @param length the length for {@link To#LENGTH}; a longer encoding stays as it is
 * @param multipleOf the length is rounded up to a multiple of this
 */
public record Padding(To to, int length, int multipleOf) {
  /** What determines the length. */
  public enum To {
    /** Every encoding keeps its own. */
    NONE,
    /** The longest encoding of the batch. */
    LONGEST,
    /** A number. */
    LENGTH
  }

  private static final Padding NONE = new Padding(To.NONE, 0, 1);
  private static final Padding LONGEST = new Padding(To.LONGEST, 0, 1);

  /** Checks that {@code length} is not negative and {@code multipleOf} positive. */
  public Padding {
    if (length < 0 || multipleOf < 1) {
      throw new IllegalArgumentException(
          "length %d and multipleOf %d, expected 0 or more and 1 or more"
              .formatted(length, multipleOf));
    }
  }

  /** Returns the padding that adds nothing. */
  public static Padding none() {
    return NONE;
  }

  /** Returns the padding to the longest encoding of a batch. */
  public static Padding longest() {
    return LONGEST;
  }

  /** Returns the padding to a length: Hugging Face's {@code max_length}. */
  public static Padding toLength(int length) {
    return new Padding(To.LENGTH, length, 1);
  }

  /** Returns this padding with the length rounded up: Hugging Face's {@code pad_to_multiple_of}. */
  public Padding toMultipleOf(int multiple) {
    return new Padding(to, length, multiple);
  }

  /**
   * Returns the length of an encoding of {@code size} tokens in a batch whose longest has {@code
   * longest}.
   */
  int length(int size, int longest) {
    int target =
        switch (to) {
          case NONE -> size;
          case LONGEST -> longest;
          case LENGTH -> length;
        };
    int rounded = to == To.NONE ? size : Math.ceilDiv(target, multipleOf) * multipleOf;
    return Math.max(size, rounded);
  }
}
