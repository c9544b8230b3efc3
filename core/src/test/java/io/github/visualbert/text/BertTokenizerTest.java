package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BertTokenizerTest {
  private final BertTokenizer tokenizer =
      new BertTokenizer(
          Vocabulary.of(
              List.of(
                  "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "dog", "##house", "red",
                  "the", "'", "s", "cafe", "\u4e2d", "x")),
          TokenizerConfig.uncased());

  @Test
  void tokensKnowWhereTheyStandInTheText() {
    String text = " The\tR\u00c9D doghouse's caf\u00e9\u0301 [MASK]\u4e2d";
    Tokens tokens = tokenizer.tokenize(text);
    assertThat(spelled(tokens))
        .containsExactly("the", "red", "dog", "##house", "'", "s", "cafe", "[MASK]", "\u4e2d");
    assertThat(IntStream.range(0, 9).mapToObj(i -> text.substring(tokens.start(i), tokens.end(i))))
        .containsExactly(
            "The", "R\u00c9D", "dog", "house", "'", "s", "caf\u00e9", "[MASK]", "\u4e2d");
  }

  @Test
  void aPhraseIsReadOffItsLastPiece() {
    String caption = "the red doghouse's dog";
    Encoding encoding = tokenizer.encode(caption);
    assertThat(encoding.tokens())
        .containsExactly("[CLS]", "the", "red", "dog", "##house", "'", "s", "dog", "[SEP]");
    assertThat(last(encoding, caption, "the red doghouse")).hasValue(4);
    assertThat(last(encoding, caption, "red")).hasValue(2);
    assertThat(last(encoding, caption, "doghou")).hasValue(4);
    assertThat(last(encoding, caption, "red ")).hasValue(2);
    assertThat(last(encoding, caption, "the red doghouse's dog")).hasValue(7);
    assertThat(encoding.lastTokenOfPhrase(3, 4)).isEmpty();
    assertThat(encoding.lastTokenOfPhrase(5, 5)).isEmpty();
    assertThat(encoding.lastTokenOfPhrase(100, 200)).isEmpty();
  }

  @Test
  void aPhraseThatLostItsEndIsNotFound() {
    String caption = "the red doghouse dog";
    Encoding encoding =
        tokenizer.encode(caption, null, Truncation.longestFirst(5), Padding.toLength(9));
    assertThat(encoding.tokens().subList(0, 5))
        .containsExactly("[CLS]", "the", "red", "dog", "[SEP]");
    assertThat(encoding.truncated()).isTrue();
    assertThat(last(encoding, caption, "the red")).hasValue(2);
    assertThat(encoding.lastTokenOfPhrase(8, 11)).hasValue(3);
    assertThat(last(encoding, caption, "the red doghouse")).isEmpty();
    assertThat(encoding.lastTokenOfPhrase(17, 20)).isEmpty();
  }

  @Test
  void callersMayCutFromTheFrontAndJoin() {
    Tokens first = tokenizer.tokenize("the red dog");
    Tokens second = tokenizer.tokenize("a doghouse");
    Encoding encoding = tokenizer.join(first.last(2), second.last(2));
    assertThat(encoding.tokens())
        .containsExactly("[CLS]", "red", "dog", "[SEP]", "dog", "##house", "[SEP]");
    assertThat(encoding.tokenTypeIds()).containsExactly(0, 0, 0, 0, 1, 1, 1);
    assertThat(encoding.truncated()).isTrue();
    assertThat(encoding.lastTokenOfPhrase(0, 3)).isEmpty();
    assertThat(encoding.lastTokenOfPhrase(0, 7)).hasValue(1);
    assertThat(encoding.secondStart()).isEqualTo(4);
    assertThat(encoding.second().start(0)).isEqualTo(2);
    assertThatIllegalArgumentException().isThrownBy(() -> first.last(4));
    assertThatIllegalArgumentException().isThrownBy(() -> first.first(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> first.id(3));
    assertThatIllegalStateException().isThrownBy(() -> tokenizer.join(first, null).second());
  }

  @Test
  void anEmptyPairIsAPair() {
    assertThat(tokenizer.encode("a", "").tokens()).containsExactly("[CLS]", "a", "[SEP]", "[SEP]");
    assertThat(tokenizer.encode("a", "").tokenTypeIds()).containsExactly(0, 0, 0, 1);
  }

  @Test
  void specialTokensHaveTheIdsOfTheVocabulary() {
    assertThat(tokenizer.maskId()).isEqualTo(4);
    assertThat(spelled(tokenizer.tokenize("a[MASK]a[mask][SEP]")))
        .startsWith("a", "[MASK]", "a", "[UNK]")
        .endsWith("[SEP]");
  }

  @Test
  void halvesOfSurrogatePairsVanish() {
    assertThat(spelled(tokenizer.tokenize("\ud83ea\udd92"))).containsExactly("a");
    assertThat(spelled(tokenizer.tokenize("do\udd92g\ud83e"))).containsExactly("dog");
    assertThat(spelled(tokenizer.tokenize("\ud83e\udd92"))).containsExactly("[UNK]");
    assertThat(tokenizer.tokenize("\ud83e").size()).isZero();
    assertThat(tokenizer.tokenize("\udd92\ud83e").size()).isZero();
    assertThat(spelled(tokenizer.tokenize("[MASK\ud83e]"))).doesNotContain("[MASK]");
  }

  @Test
  void wordsOfMoreThanAHundredCodePointsAreUnknown() {
    assertThat(tokenizer.tokenize("a".repeat(100)).size()).isEqualTo(100);
    assertThat(spelled(tokenizer.tokenize("a".repeat(101)))).containsExactly("[UNK]");
    assertThat(tokenizer.tokenize("\u0301".repeat(500) + "a".repeat(100)).size()).isEqualTo(100);
    assertThat(spelled(tokenizer.tokenize("a " + "x".repeat(99) + "a a")))
        .containsExactly("a", "[UNK]", "a");
  }

  /** Far from any limit when the work is linear, hours away when it is quadratic. */
  @Test
  @Timeout(60)
  void hostileTextsTakeLinearTime() {
    int n = BertTokenizer.MAX_TEXT_LENGTH;
    assertThat(spelled(tokenizer.tokenize("a".repeat(n)))).containsExactly("[UNK]");
    assertThat(spelled(tokenizer.tokenize("\u302e\u1b44".repeat(n / 2)))).containsExactly("[UNK]");
    assertThat(tokenizer.tokenize("\u0301".repeat(n)).size()).isZero();
    assertThat(tokenizer.tokenize("[".repeat(n)).size()).isEqualTo(n);
    assertThat(tokenizer.tokenize("[MASK".repeat(n / 5)).size()).isEqualTo(n / 5 * 2);
    assertThat(tokenizer.tokenize("[MASK]".repeat(n / 6)).size()).isEqualTo(n / 6);
    assertThat(tokenizer.tokenize("\u4e2d".repeat(n)).size()).isEqualTo(n);
    assertThat(tokenizer.tokenize("\ud55c".repeat(n)).size()).isOne();
    assertThat(tokenizer.tokenize((("a".repeat(99) + "x ").repeat(n / 101))).size())
        .isEqualTo(n / 101);
  }

  @Test
  void aTextBeyondAllReasonIsRefused() {
    String text = "a".repeat(BertTokenizer.MAX_TEXT_LENGTH + 1);
    assertThatThrownBy(() -> tokenizer.encode(text))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessage("a text has 4194305 chars, expected at most 4194304");
  }

  @Test
  void anyCharsGiveTokensInTheTextsOrder() {
    Random random = new Random(3);
    BertTokenizer goldens = TokenizerGoldens.tokenizer(true);
    for (int i = 0; i < 2000; i++) {
      char[] chars = new char[random.nextInt(60)];
      for (int k = 0; k < chars.length; k++) {
        chars[k] = (char) (random.nextBoolean() ? random.nextInt(0x250) : random.nextInt(0x10000));
      }
      Tokens tokens = goldens.tokenize(new String(chars));
      for (int k = 0; k < tokens.size(); k++) {
        assertThat(tokens.start(k)).isBetween(0, tokens.end(k) - 1);
        assertThat(tokens.end(k)).isLessThanOrEqualTo(chars.length);
      }
    }
  }

  @Test
  void threadsShareATokenizer() {
    String text = "the red doghouse's caf\u00e9 [MASK] \u4e2d".repeat(20);
    int[] alone = tokenizer.encode(text).ids();
    assertThat(
            IntStream.range(0, 2000)
                .parallel()
                .mapToObj(i -> tokenizer.encode(text).ids())
                .filter(ids -> !java.util.Arrays.equals(ids, alone)))
        .isEmpty();
  }

  private static OptionalInt last(Encoding encoding, String caption, String phrase) {
    int start = caption.indexOf(phrase);
    return encoding.lastTokenOfPhrase(start, start + phrase.length());
  }

  private static List<String> spelled(Tokens tokens) {
    return IntStream.range(0, tokens.size()).mapToObj(tokens::token).toList();
  }
}
