package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.evaluate.ConlluSentence.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the words of a parsed sentence in a text that may be split otherwise, by its characters.
 * Case and spaces do not matter.
 *
 * <p>A token that does not stand where the one before it ended is looked for from there on, as a
 * word of its own. The words of a range have their own places where their forms, joined, spell it,
 * and that of the range otherwise.
 */
final class CharacterAlignment {
  private final String text;
  private final Place[] places; // by the number of a word less 1; null where it was not found
  private final List<Token> lost = new ArrayList<>();

  /**
   * Where a word stands.
   *
   * @param begin in chars
   * @param end exclusive
   */
  record Place(int begin, int end) {}

  private CharacterAlignment(String text, int words) {
    this.text = text;
    this.places = new Place[words];
  }

  static CharacterAlignment of(String text, ConlluSentence sentence) {
    CharacterAlignment alignment = new CharacterAlignment(text, sentence.words().size());
    int from = 0;
    for (int i = 0; i < sentence.tokens().size(); i++) {
      Token token = sentence.tokens().get(i);
      String next = i + 1 == sentence.tokens().size() ? "" : sentence.tokens().get(i + 1).form();
      Place place = alignment.find(token.form(), next, from);
      if (place == null) {
        alignment.lost.add(token);
      } else {
        alignment.place(token, place, sentence);
        from = place.end();
      }
    }
    return alignment;
  }

  /** Returns where a word stands, by its number from 1, or null where that is not known. */
  Place place(int word) {
    return places[word - 1];
  }

  /** Returns the tokens that are not in the text. */
  List<Token> lost() {
    return lost;
  }

  private void place(Token token, Place whole, ConlluSentence sentence) {
    int from = whole.begin();
    for (int word = token.first(); word <= token.last(); word++) {
      int end = from < 0 ? -1 : matchEnd(sentence.words().get(word - 1).form(), skipSpace(from));
      places[word - 1] = end < 0 ? null : new Place(skipSpace(from), end);
      from = end;
    }
    if (from != whole.end()) {
      for (int word = token.first(); word <= token.last(); word++) {
        places[word - 1] = whole;
      }
    }
  }

  /** Finds a token; one that ends within a word must be continued by the next token. */
  private Place find(String form, String next, int from) {
    int begin = skipSpace(from);
    for (int at = begin; at < text.length(); at++) {
      int end = at == begin || isEdge(at) ? matchEnd(form, at) : -1;
      if (end >= 0 && (isEdge(end) || matchEnd(next, end) >= 0)) {
        return new Place(at, end);
      }
    }
    return null;
  }

  /** Returns whether a word may begin or end at an index. */
  private boolean isEdge(int at) {
    return at == text.length()
        || !Character.isLetterOrDigit(text.charAt(at - 1))
        || !Character.isLetterOrDigit(text.charAt(at));
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Returns the end of a form that begins at an index, or -1 when it does not. */
  private int matchEnd(String form, int begin) {
    int at = begin;
    for (int i = 0; i < form.length(); i++) {
      if (Character.isWhitespace(form.charAt(i))) {
        continue;
      }
      at = i == 0 ? at : skipSpace(at);
      if (at == text.length() || !text.regionMatches(true, at, form, i, 1)) {
        return -1;
      }
      at++;
    }
    return at > begin ? at : -1;
  }
}
