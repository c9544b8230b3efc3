package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Truncation and padding, beyond what the goldens hold. */
class TruncationTest {
  private final BertTokenizer tokenizer = TokenizerGoldens.tokenizer(true);

  @Test
  void whatFitsIsLeftAlone() {
    Encoding encoding = encode(3, 4, Truncation.longestFirst(10));
    assertThat(encoding.size()).isEqualTo(10);
    assertThat(encoding.truncated()).isFalse();
    assertThat(encode(3, 4, Truncation.onlySecond(10)).truncated()).isFalse();
    assertThat(encode(300, 400, Truncation.none()).size()).isEqualTo(703);
  }

  @Test
  void longestFirstEvensOutAndThenHalves() {
    assertThat(lengths(10, 4, Truncation.longestFirst(3 + 12))).containsExactly(8, 4);
    assertThat(lengths(4, 10, Truncation.longestFirst(3 + 12))).containsExactly(4, 8);
    assertThat(lengths(10, 9, Truncation.longestFirst(3 + 7))).containsExactly(4, 3);
    assertThat(lengths(9, 10, Truncation.longestFirst(3 + 7))).containsExactly(3, 4);
    assertThat(lengths(10, 10, Truncation.longestFirst(3 + 11))).containsExactly(5, 6);
    assertThat(lengths(10, 10, Truncation.longestFirst(3))).containsExactly(0, 0);
    assertThat(lengths(0, 10, Truncation.longestFirst(3 + 4))).containsExactly(0, 4);
  }

  /**
   * Recorded from the reference: of two texts beyond the maximum, the odd token goes by the word at
   * which reading stops.
   */
  @Test
  void textsBeyondTheMaximumCountUpToTheWordThatReachesIt() {
    assertThat(kept("qq a qq [SEP] qzx a a a", "qzx [MASK] qzx qq the qq", 6))
        .containsExactly(2, 1);
    assertThat(kept("a a a a a a a a a a", "a a a a a a a a", 6)).containsExactly(1, 2);
    assertThat(kept("a a a a a a a a", "a a a a a qzx a a", 6)).containsExactly(1, 2);
    assertThat(kept("a a a a a qzx a a", "a a a a a a a a", 6)).containsExactly(2, 1);
  }

  @Test
  void oneTextAloneIsCut() {
    assertThat(lengths(10, 4, Truncation.onlyFirst(3 + 5))).containsExactly(1, 4);
    assertThat(lengths(4, 10, Truncation.onlySecond(3 + 5))).containsExactly(4, 1);
    assertThat(lengths(4, 10, Truncation.onlySecond(3))).containsExactly(0, 0);
    assertThat(lengths(10, -1, Truncation.onlyFirst(2 + 5))).containsExactly(5);
    assertThat(lengths(10, -1, Truncation.longestFirst(2 + 5))).containsExactly(5);
  }

  @Test
  void whatCannotBeMetIsRefusedWithTheReason() {
    refused(
        () -> encode(4, 10, Truncation.onlyFirst(3 + 10)),
        "cannot truncate to 13 tokens with only_first: the first text has 4 tokens, 4 must go");
    refused(
        () -> encode(10, 4, Truncation.onlySecond(3 + 5)),
        "cannot truncate to 8 tokens with only_second: the second text has 4 tokens, 9 must go");
    refused(
        () -> encode(10, -1, Truncation.onlySecond(2 + 5)),
        "cannot truncate to 7 tokens with only_second: there is no second text, 5 tokens must go");
    refused(
        () -> encode(0, 0, Truncation.longestFirst(2)),
        "cannot truncate to 2 tokens: the special tokens alone are 3");
    refused(
        () ->
            tokenizer.encodeBatch(
                List.of("a", "a a a"), List.of("a", "a"), Truncation.onlySecond(4), Padding.none()),
        "text 0: cannot truncate to 4 tokens with only_second");
  }

  @Test
  void paddingReachesALengthTheLongestOrAMultiple() {
    assertThat(paddedSizes(Padding.none())).containsExactly(3, 7);
    assertThat(paddedSizes(Padding.longest())).containsExactly(7, 7);
    assertThat(paddedSizes(Padding.longest().toMultipleOf(8))).containsExactly(8, 8);
    assertThat(paddedSizes(Padding.toLength(5))).containsExactly(5, 7);
    assertThat(paddedSizes(Padding.toLength(9).toMultipleOf(4))).containsExactly(12, 12);
    assertThat(paddedSizes(Padding.none().toMultipleOf(8))).containsExactly(3, 7);
  }

  @Test
  void paddingIsMaskedAndOfTypeZero() {
    Encoding encoding = tokenizer.encode("a", "a", Truncation.none(), Padding.toLength(7));
    assertThat(encoding.ids()).containsExactly(101, 208, 102, 208, 102, 0, 0);
    assertThat(encoding.tokenTypeIds()).containsExactly(0, 0, 0, 1, 1, 0, 0);
    assertThat(encoding.attentionMask()).containsExactly(1, 1, 1, 1, 1, 0, 0);
    assertThat(encoding.tokens())
        .containsExactly("[CLS]", "a", "[SEP]", "a", "[SEP]", "[PAD]", "[PAD]");
  }

  @Test
  void nonsenseIsTheCallersMistake() {
    assertThatIllegalArgumentException().isThrownBy(() -> Truncation.longestFirst(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> Padding.toLength(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> Padding.longest().toMultipleOf(0));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                tokenizer.encodeBatch(
                    List.of("a", "b"), List.of("c"), Truncation.none(), Padding.none()))
        .withMessage("2 texts and 1 pairs, expected as many");
  }

  private int[] paddedSizes(Padding padding) {
    return tokenizer
        .encodeBatch(List.of("a", "a a a a a"), null, Truncation.none(), padding)
        .stream()
        .mapToInt(Encoding::size)
        .toArray();
  }

  /** Encodes a text of so many tokens and, unless negative, a pair of so many. */
  private Encoding encode(int first, int second, Truncation truncation) {
    String pair = second < 0 ? null : "a ".repeat(second);
    return tokenizer.encode("a ".repeat(first), pair, truncation, Padding.none());
  }

  private int[] lengths(int first, int second, Truncation truncation) {
    return kept(encode(first, second, truncation), second >= 0);
  }

  private int[] kept(String text, String pair, int maxLength) {
    Truncation truncation = Truncation.longestFirst(maxLength);
    return kept(tokenizer.encode(text, pair, truncation, Padding.none()), pair != null);
  }

  private static int[] kept(Encoding encoding, boolean isPair) {
    return isPair
        ? new int[] {encoding.first().size(), encoding.second().size()}
        : new int[] {encoding.first().size()};
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
        .hasMessageStartingWith(message);
  }
}
