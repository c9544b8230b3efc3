package io.github.visualbert.task;

import java.util.Locale;

/**
 * A question as the authors' data was cleaned, and where each of its chars came from.
 *
 * @param text the cleaned question
 * @param origins for each char the index of the char in the question that it came from
 */
record CleanedQuestion(String text, int[] origins) {

  static CleanedQuestion of(String question) {
    String lower = question.toLowerCase(Locale.ROOT);
    int[] lowerOrigins = lowerOrigins(question, lower.length());
    String text = QuestionAnswering.clean(question);
    int[] origins = new int[text.length()];
    int at = 0; // in lower
    for (int i = 0; i < origins.length; i++) {
      while (text.charAt(i) != lower.charAt(at) && !isBeforeSuffix(text, i)) {
        at++; // a comma or question mark, which is gone
      }
      origins[i] = lowerOrigins[at];
      if (text.charAt(i) == lower.charAt(at)) {
        at++;
      }
    }
    return new CleanedQuestion(text, origins);
  }

  /** Returns whether a char is the space that cleaning puts before {@code 's}. */
  private static boolean isBeforeSuffix(String text, int index) {
    return text.startsWith(" 's", index);
  }

  /** Lower case may have more chars, as that of the capital i with a dot. */
  private static int[] lowerOrigins(String question, int length) {
    int[] origins = new int[length];
    int at = 0;
    for (int i = 0; i < question.length(); ) {
      int size = Character.charCount(question.codePointAt(i));
      int lowered = question.substring(i, i + size).toLowerCase(Locale.ROOT).length();
      for (int j = 0; j < lowered && at < length; j++) {
        origins[at++] = i + Math.min(j, size - 1);
      }
      i += size;
    }
    return origins;
  }
}
