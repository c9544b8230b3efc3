package io.github.visualbert.task;

import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.text.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Joins the tokens that a model reads to words, row by row. */
final class WordList {
  private final List<Word> words = new ArrayList<>();
  private int row;

  /** Adds a token that stands in no text. */
  void added(String token) {
    words.add(new Word(token, Source.ADDED, 0, 0, row++, 1));
  }

  /**
   * Adds the words of a text.
   *
   * @param text what the words are spelled by
   * @param origin gives the index in {@code text} of a char that the tokens know
   */
  void addAll(Tokens tokens, String text, Source source, IntUnaryOperator origin) {
    int first = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (i == tokens.size() - 1 || !tokens.continuesWord(i + 1)) {
        int begin = origin.applyAsInt(tokens.start(first));
        int end = origin.applyAsInt(tokens.end(i) - 1) + 1;
        int pieces = i + 1 - first;
        words.add(new Word(text.substring(begin, end), source, begin, end, row, pieces));
        row += pieces;
        first = i + 1;
      }
    }
  }

  List<Word> toList() {
    return words;
  }
}
