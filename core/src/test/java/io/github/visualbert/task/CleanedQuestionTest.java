package io.github.visualbert.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CleanedQuestionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Is it?       | is it         | 0 1 2 3 4
          "a, b's"     | "a b 's"      | 0 2 3 4 4 5
          "a 's"       | "a  's"       | 0 1 2 2 3
          "'s,'s"      | " 's 's"      | 0 0 1 2 3 4
          "İz"         | "i̇z"          | 0 0 1
          "?,?"        | ""            | ""
          """)
  void everyCharKnowsWhereItCameFrom(String question, String text, String origins) {
    CleanedQuestion cleaned = CleanedQuestion.of(question);
    assertThat(cleaned.text()).isEqualTo(text == null ? "" : text);
    int[] expected =
        origins.isBlank()
            ? new int[0]
            : Arrays.stream(origins.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertThat(cleaned.origins()).containsExactly(expected);
  }

  @Test
  void originsGrowAndPointToTheSameLetters() {
    String letters = "aBs'?, İΣ😀.";
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      StringBuilder question = new StringBuilder();
      for (int j = random.nextInt(12); j > 0; j--) {
        int at = random.nextInt(letters.codePointCount(0, letters.length()));
        question.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, at)));
      }
      CleanedQuestion cleaned = CleanedQuestion.of(question.toString());
      int last = 0;
      for (int j = 0; j < cleaned.origins().length; j++) {
        assertThat(cleaned.origins()[j]).as(question.toString()).isBetween(last, question.length());
        last = cleaned.origins()[j];
        char c = cleaned.text().charAt(j);
        if (c == 'b' || c == '.') {
          assertThat(Character.toLowerCase(question.charAt(last))).isEqualTo(c);
        }
      }
    }
  }
}
