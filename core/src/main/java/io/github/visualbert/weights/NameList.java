package io.github.visualbert.weights;

import java.util.List;

/** A list of names in a message, which is one line however many there are. */
public final class NameList {
  private static final int SHOWN = 5;

  private NameList() {}

  /** Returns the first names, and how many more there are. */
  public static String of(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(names.size(), SHOWN)));
    return names.size() <= SHOWN ? first : "%s and %d more".formatted(first, names.size() - SHOWN);
  }

  /** Returns how many names there are, and the first of them. */
  public static String counted(String what, List<String> names) {
    return "%d %s: %s".formatted(names.size(), what, of(names));
  }
}
