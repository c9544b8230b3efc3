package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerNormalizerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // case and blanks
        "Red Car | red car",
        "red    car | red car",
        // articles
        "the red car | red car",
        "an apple on a table | apple on table",
        "theater | theater",
        "the | ``",
        // number words
        "none | 0",
        "zero | 0",
        "one | 1",
        "two | 2",
        "three | 3",
        "four | 4",
        "five | 5",
        "six | 6",
        "seven | 7",
        "eight | 8",
        "nine | 9",
        "Ten dogs | 10 dogs",
        "eleven | eleven",
        "someone | someone",
        // periods, except in decimals
        "yes. | yes",
        "p.m. | pm",
        "3.5 | 3.5",
        ".5 | .5",
        "3. | 3",
        "a.5 | a.5",
        // punctuation becomes a blank
        "t-shirt | t shirt",
        "black/white | black white",
        "wi_fi | wi fi",
        "(left) | left",
        "[left] | left",
        "{left} | left",
        "\"stop\" | stop",
        "1+1=2 | 1 1 2",
        "a\\b | b",
        "<b>x | b x",
        "me@home | me home",
        "`x` | x",
        "x;y | x y",
        "really?! | really",
        // or nothing, where that mark stands beside a blank
        "dog, cat | dog cat",
        "t- shirt and t-shirt | t shirt and tshirt",
        "t -shirt and t-shirt | t shirt and tshirt",
        // or nothing at all, where a comma stands between digits
        "100,978 | 100978",
        "t-shirt 100,978 | tshirt 100978",
        "red,blue | red blue",
        // apostrophes and colons stay
        "girl's | girl's",
        "2:50 pm | 2:50 pm",
        "#5 | #5",
        "50% | 50%",
      })
  void normalizes(String answer, String expected) {
    assertThat(AnswerNormalizer.normalize(answer)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "dont, don't",
        "Isnt, isn't",
        "couldnt've, couldn't've",
        "couldn'tve, couldn't've",
        "couldntve, couldntve", // two are missing
        "twas, 'twas",
        "oclock, o'clock",
        "yall, y'all",
        "yall'd've, y'all'd've",
        "'ows'at, 'ow's'at",
        "shell, shell", // words of their own
        "wed, wed",
        "its, its",
        "im, im",
        "shes, shes",
        "somebody'd, somebodyd",
        "they dont, they don't",
      })
  void completesContractions(String answer, String expected) {
    assertThat(AnswerNormalizer.normalize(answer)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {" red car\n", "\tred car", "red\ncar", "red\tcar "})
  void putsOnOneLine(String answer) {
    assertThat(AnswerNormalizer.trim(answer)).isEqualTo("red car");
  }

  @Test
  void leavesPeriodsBeyondThoseThatTheReferenceRemoves() {
    assertThat(AnswerNormalizer.normalize("x".concat(".".repeat(32)))).isEqualTo("x");
    assertThat(AnswerNormalizer.normalize("x".concat(".".repeat(34)))).isEqualTo("x..");
  }
}
