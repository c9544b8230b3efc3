package io.github.visualbert.cli.evaluate;

import java.util.List;
import java.util.Locale;

/**
 * A sentence of a CoNLL-U file.
 *
 * @param line where it begins
 * @param id what {@code # sent_id} says, or null
 * @param words with their dependencies, by their number less 1
 * @param tokens what the sentence is spelled by, in its order
 */
record ConlluSentence(Line line, String id, List<Word> words, List<Token> tokens) {
  /**
   * A word.
   *
   * @param head the number of the word it depends on, from 1; 0 for none
   * @param relation what it is to that word
   */
  record Word(String form, int head, String relation) {}

  /**
   * A piece of the text: a word, or a range of words that are spelled together.
   *
   * @param first the number of its first word, from 1
   * @param last the number of its last word
   */
  record Token(Line line, String form, int first, int last) {}

  /** Returns the sentence without spaces, in lower case, by which captions can find it. */
  String letters() {
    StringBuilder letters = new StringBuilder();
    tokens.forEach(token -> letters.append(token.form()));
    return letters(letters.toString());
  }

  /** Returns a text without spaces, in lower case. */
  static String letters(String text) {
    return text.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
  }
}
