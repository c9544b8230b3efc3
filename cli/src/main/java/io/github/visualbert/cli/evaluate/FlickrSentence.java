package io.github.visualbert.cli.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A line of a file of {@code Sentences}, with phrases marked as {@code [/EN#id/type/type words]}.
 */
final class FlickrSentence {
  private static final String MARK = "[/EN#";

  /**
   * A marked phrase.
   *
   * @param entity the id of its entity, which several phrases may share
   */
  record Mark(String entity, List<String> types, String words) {}

  private FlickrSentence() {}

  /** Returns the marked phrases of a sentence, in its order. */
  static List<Mark> marks(String sentence, Line line) {
    List<Mark> marks = new ArrayList<>();
    for (int at = sentence.indexOf(MARK); at >= 0; at = sentence.indexOf(MARK, at + 1)) {
      int space = sentence.indexOf(' ', at);
      int end = sentence.indexOf(']', at);
      String[] head =
          space < 0 || space > end
              ? new String[0]
              : sentence.substring(at + MARK.length(), space).split("/", -1);
      if (head.length < 2 || head[0].isEmpty()) {
        String found = sentence.substring(at, Math.min(at + 20, sentence.length()));
        throw line.malformed("expected [/EN#id/type words], found " + found);
      }
      List<String> types = Arrays.asList(head).subList(1, head.length);
      marks.add(new Mark(head[0], List.copyOf(types), sentence.substring(space, end).strip()));
    }
    return marks;
  }
}
