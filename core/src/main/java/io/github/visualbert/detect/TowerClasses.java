package io.github.visualbert.detect;

import java.util.HashMap;
import java.util.Map;

/**
 * The classes of the objects that VCR's tower knows: those of COCO, without blanks in the names.
 */
final class TowerClasses {
  /** The class of the whole picture. */
  static final int PICTURE = 0;

  /** Classes with that of the whole picture. */
  static final int COUNT = CocoClasses.NAMES.size() + 1;

  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  static {
    for (String name : CocoClasses.NAMES) {
      NUMBERS.put(name.replace(" ", ""), NUMBERS.size() + 1);
    }
  }

  private TowerClasses() {}

  /** Returns the number of a class, or -1 for a name that is none. */
  static int number(String name) {
    return NUMBERS.getOrDefault(name, -1);
  }
}
