package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.evaluate.CharacterAlignment.Place;
import io.github.visualbert.cli.evaluate.ConlluSentence.Word;
import io.github.visualbert.cli.evaluate.FlickrCaption.Phrase;
import io.github.visualbert.error.InputException;
import io.github.visualbert.task.PhraseGrounding;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured in one caption: words whose attention should go to the region of an entity.
 *
 * @param aims the words of phrases, then those of dependencies
 * @param lost rows of the dependencies that are not in the caption
 */
record GroundingCaption(List<Aim> aims, List<ConlluSentence.Token> lost) {

  /**
   * A word, and where it should look.
   *
   * @param word where it stands in the caption
   * @param entity what its region is
   * @param relation the dependency to the entity's word, or null for the entity's own word
   * @param fromDependent whether the word is the dependent of the two
   */
  record Aim(Place word, Phrase entity, String relation, boolean fromDependent) {}

  /**
   * Finds what is to be measured.
   *
   * @param sentence the dependencies of the caption, or null
   * @throws InputException when a phrase is not in the caption
   */
  static GroundingCaption of(FlickrCaption caption, ConlluSentence sentence) {
    List<Place> places = places(caption);
    List<Aim> aims = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Phrase phrase = caption.phrases().get(i);
      if (phrase.counts()) {
        aims.add(new Aim(lastWord(caption.text(), places.get(i)), phrase, null, false));
      }
    }
    if (sentence == null) {
      return new GroundingCaption(aims, List.of());
    }
    CharacterAlignment alignment = CharacterAlignment.of(caption.text(), sentence);
    for (int i = 0; i < sentence.words().size(); i++) {
      Word word = sentence.words().get(i);
      if (word.head() == 0) {
        continue;
      }
      Place dependent = alignment.place(i + 1);
      Place head = alignment.place(word.head());
      if (dependent != null && head != null) {
        addAim(dependent, entity(caption, places, head), word.relation(), true, aims);
        addAim(head, entity(caption, places, dependent), word.relation(), false, aims);
      }
    }
    return new GroundingCaption(aims, alignment.lost());
  }

  private static void addAim(
      Place word, Phrase entity, String relation, boolean fromDependent, List<Aim> aims) {
    if (entity != null) {
      aims.add(new Aim(word, entity, relation, fromDependent));
    }
  }

  /** Returns the entity whose phrase a word belongs to, or null where none with boxes does. */
  private static Phrase entity(FlickrCaption caption, List<Place> places, Place word) {
    for (int i = 0; i < places.size(); i++) {
      Phrase phrase = caption.phrases().get(i);
      Place place = places.get(i);
      if (phrase.counts() && word.begin() < place.end() && word.end() > place.begin()) {
        return phrase;
      }
    }
    return null;
  }

  /** Returns where the phrases of a caption stand. */
  private static List<Place> places(FlickrCaption caption) {
    if (caption.text() == null) {
      throw caption.line().mismatch("expected caption, the text that the phrases are in");
    }
    List<Phrase> phrases = caption.phrases();
    if (phrases.stream().allMatch(phrase -> phrase.begin() >= 0)) {
      return phrases.stream()
          .map(phrase -> new Place(phrase.begin(), phrase.begin() + phrase.words().length()))
          .toList();
    }
    try {
      return PhraseGrounding.find(caption.text(), phrases.stream().map(Phrase::words).toList())
          .stream()
          .map(found -> new Place(found.begin(), found.end()))
          .toList();
    } catch (InputException e) {
      throw caption.line().mismatch(e.getMessage());
    }
  }

  /** Returns the last word of a phrase, which stands for it: words are what spaces divide. */
  private static Place lastWord(String text, Place phrase) {
    int begin = phrase.end();
    while (begin > phrase.begin() && !Character.isWhitespace(text.charAt(begin - 1))) {
      begin--;
    }
    return new Place(begin, phrase.end());
  }
}
