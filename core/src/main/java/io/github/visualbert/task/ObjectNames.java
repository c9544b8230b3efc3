package io.github.visualbert.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the objects of a picture are called in the texts about it, as in {@code vcr_data_utils.py}
 * of VisualBERT's authors: persons by names that say nothing of them, others by their class.
 */
final class ObjectNames {
  private static final String PERSON = "person";

  /** One of them twice, as in the authors' list. */
  private static final List<String> PERSONS =
      List.of(
          "Casey", "Riley", "Jessie", "Jackie", "Avery", "Jaime", "Peyton", "Kerry", "Jody",
          "Kendall", "Peyton", "Skyler", "Frankie", "Pat", "Quinn");

  private final List<String> classes;
  private final Map<Integer, String> names;
  private int persons; // named in this text

  ObjectNames(List<String> classes) {
    this(classes, Map.of());
  }

  private ObjectNames(List<String> classes, Map<Integer, String> known) {
    this.classes = classes;
    this.names = new HashMap<>(known);
  }

  /**
   * Returns the names for a text that follows those so far. It knows their objects; the persons
   * that it is first to mention begin with the first name again, whoever has it.
   */
  ObjectNames following() {
    return new ObjectNames(classes, names);
  }

  /** Puts names in place of the tags of a text; a tag of several objects becomes several words. */
  NamedText name(TaggedText text) {
    List<String> words = new ArrayList<>();
    List<Integer> objects = new ArrayList<>();
    for (TaggedText.Part part : text.parts()) {
      switch (part) {
        case TaggedText.Word(String word) -> {
          words.add(word);
          objects.add(NamedText.NONE);
        }
        case TaggedText.Tag(List<Integer> tagged) -> {
          for (int object : tagged) {
            words.add(names.computeIfAbsent(object, this::newName));
            objects.add(object);
          }
        }
      }
    }
    return new NamedText(words, objects);
  }

  private String newName(int object) {
    String name = classes.get(object);
    return name.equals(PERSON) ? PERSONS.get(persons++ % PERSONS.size()) : name;
  }
}
