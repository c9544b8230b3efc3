package io.github.visualbert.ask;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A caption of Flickr30k Entities as it is published, with phrases marked as {@code
 * [/EN#id/type/type words]}.
 *
 * @param caption the words without the marks
 * @param marks the marked phrases, in the order of the words
 */
public record FlickrSentence(String caption, List<Mark> marks) {
  private static final String MARK = "[/EN#";
  private static final int SHOWN = 20;

  /**
   * A marked phrase.
   *
   * @param entity the id of its entity, which several phrases may share
   * @param types of the entity, {@code people} or {@code clothing} for example
   * @param words of the caption
   * @param phrase where they are
   */
  public record Mark(String entity, List<String> types, String words, Phrase phrase) {}

  /**
   * Parses a line of a file of {@code Sentences}.
   *
   * @throws InputException when a mark is not closed, or lacks an id, a type or words
   */
  public static FlickrSentence of(String line) {
    StringBuilder caption = new StringBuilder();
    List<Mark> marks = new ArrayList<>();
    int done = 0;
    for (int at = line.indexOf(MARK); at >= 0; at = line.indexOf(MARK, done)) {
      int space = line.indexOf(' ', at);
      int end = line.indexOf(']', at);
      String[] head =
          space < 0 || space > end
              ? new String[0]
              : line.substring(at + MARK.length(), space).split("/", -1);
      if (head.length < 2 || head[0].isEmpty()) {
        throw new InputException(
            Kind.MALFORMED,
            "expected [/EN#id/type words], found "
                + line.substring(at, Math.min(at + SHOWN, line.length())));
      }
      caption.append(line, done, at);
      String words = line.substring(space, end).strip();
      Phrase phrase = new Phrase(caption.length(), caption.length() + words.length());
      List<String> types = List.copyOf(Arrays.asList(head).subList(1, head.length));
      marks.add(new Mark(head[0], types, words, phrase));
      caption.append(words);
      done = end + 1;
    }
    return new FlickrSentence(caption.append(line, done, line.length()).toString(), marks);
  }

  /** Returns where the marked phrases are in the caption. */
  public List<Phrase> phrases() {
    return marks.stream().map(Mark::phrase).toList();
  }
}
