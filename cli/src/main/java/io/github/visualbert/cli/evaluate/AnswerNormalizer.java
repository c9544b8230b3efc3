package io.github.visualbert.cli.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes answers comparable as the official evaluation of VQA does: no punctuation, no articles,
 * digits for number words, apostrophes in contractions. Apostrophes and colons stay: {@code girl's}
 * is not {@code girls}, and {@code 2:50} is a time.
 *
 * <p>Follows that program (GT-Vision-Lab/VQA, {@code vqaEval.py}) where it departs from its own
 * description.
 */
final class AnswerNormalizer {
  private static final String PUNCTUATION = ";/[]\"{}()=+\\_-><@`,?!";

  private static final Pattern COMMA_IN_NUMBER = Pattern.compile("(?U)\\d,\\d");
  private static final Pattern SPACE = Pattern.compile("(?U)\\s+");

  /** The reference passes {@code re.UNICODE}, which is 32, as the number of replacements. */
  private static final int MAX_PERIODS = 32;

  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("none", "0"),
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"));

  private static final List<String> ARTICLES = List.of("a", "an", "the");

  private AnswerNormalizer() {}

  /** Returns an answer on one line, without blanks around it. Applied to every answer. */
  static String trim(String answer) {
    return answer.replace('\n', ' ').replace('\t', ' ').strip();
  }

  /** Returns an answer in normal form. Applied where the annotators do not all agree. */
  static String normalize(String answer) {
    return normalizeWords(removePeriods(removePunctuation(answer)));
  }

  /**
   * Replaces punctuation marks by blanks. A mark is removed instead where it stands beside a blank
   * anywhere in the answer, or where the answer has a comma between digits.
   */
  private static String removePunctuation(String answer) {
    boolean joinsNumber = COMMA_IN_NUMBER.matcher(answer).find();
    StringBuilder text = new StringBuilder(answer.length());
    for (int i = 0; i < answer.length(); i++) {
      char c = answer.charAt(i);
      if (PUNCTUATION.indexOf(c) < 0) {
        text.append(c);
      } else if (!joinsNumber && !answer.contains(c + " ") && !answer.contains(" " + c)) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  /** Removes periods, except before a digit. */
  private static String removePeriods(String answer) {
    StringBuilder text = new StringBuilder(answer.length());
    int removed = 0;
    for (int i = 0; i < answer.length(); i++) {
      boolean beforeDigit = i + 1 < answer.length() && Character.isDigit(answer.charAt(i + 1));
      if (answer.charAt(i) == '.' && !beforeDigit && removed < MAX_PERIODS) {
        removed++;
      } else {
        text.append(answer.charAt(i));
      }
    }
    return text.toString();
  }

  private static String normalizeWords(String answer) {
    List<String> words = new ArrayList<>();
    for (String word : SPACE.split(answer.toLowerCase(Locale.ROOT).strip())) {
      String digits = NUMBERS.getOrDefault(word, word);
      if (!ARTICLES.contains(digits)) {
        words.add(Contractions.complete(digits));
      }
    }
    return String.join(" ", words);
  }
}
