package io.github.visualbert.task;

import java.util.List;

/**
 * A text of VCR as the model reads it: the objects have names.
 *
 * @param words the words of the text, of which each name is one
 * @param objects the number of the object that each word names, or {@link #NONE}
 */
record NamedText(List<String> words, List<Integer> objects) {
  static final int NONE = -1;

  NamedText {
    words = List.copyOf(words);
    objects = List.copyOf(objects);
  }

  /** Returns the words with a blank between them, where the tokenizer splits a text anyway. */
  String text() {
    return String.join(" ", words);
  }
}
