package io.github.visualbert.task;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A text of VCR as it is annotated: words, and tags in place of the objects that they name. */
record TaggedText(List<Part> parts) {
  /** A word, or a tag. */
  sealed interface Part permits Word, Tag {}

  record Word(String text) implements Part {}

  /** The objects of a tag, by their numbers; {@code [0, 2]} are two of them. */
  record Tag(List<Integer> objects) implements Part {}

  TaggedText {
    parts = List.copyOf(parts);
  }

  /**
   * Reads a text.
   *
   * @param objects how many there are in the picture
   * @throws io.github.visualbert.internal.json.JsonException when it is something else, or a tag is
   *     of none of the objects
   */
  static TaggedText read(JsonArray array, int objects) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      parts.add(
          switch (array.get(i)) {
            case JsonValue.Text(String word) -> new Word(word);
            case JsonArray tag -> new Tag(objects(tag, objects));
            default -> throw array.expected(i, "a word, or an array of the numbers of objects");
          });
    }
    return new TaggedText(parts);
  }

  private static List<Integer> objects(JsonArray tag, int objects) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < tag.size(); i++) {
      int number = tag.getInt(i);
      if (number < 0 || number >= objects) {
        throw tag.expected(
            i,
            objects == 0
                ? "no tag, as there are no objects"
                : "the number of an object, 0 to " + (objects - 1));
      }
      numbers.add(number);
    }
    return numbers;
  }

  /** Returns this text with another behind it. */
  TaggedText and(TaggedText other) {
    return new TaggedText(Stream.concat(parts.stream(), other.parts.stream()).toList());
  }
}
