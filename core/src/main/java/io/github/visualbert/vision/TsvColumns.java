package io.github.visualbert.vision;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The columns of a TSV file, counted from 0. The first is always the picture's name. */
record TsvColumns(int count, int width, int height, int boxCount, int boxes, int features) {
  /** As bottom-up attention writes them. */
  private static final TsvColumns BOTTOM_UP = new TsvColumns(6, 1, 2, 3, 4, 5);

  /**
   * As LXMERT's extraction and py-bottom-up-attention write them, with classes and attributes in
   * between.
   */
  private static final TsvColumns LXMERT = new TsvColumns(10, 2, 1, 7, 8, 9);

  private static final Set<String> ID_NAMES = Set.of("image_id", "img_id");

  static final String EXPECTED =
      "6 columns (image_id, image_w, image_h, num_boxes, boxes, features) or 10 (img_id, img_h,"
          + " img_w, objects_id, objects_conf, attrs_id, attrs_conf, num_boxes, boxes, features)";

  /** Returns the layout of a file without a header whose lines have this many columns, or null. */
  static TsvColumns ofCount(int count) {
    return switch (count) {
      case 6 -> BOTTOM_UP;
      case 10 -> LXMERT;
      default -> null;
    };
  }

  /** Returns whether a line is a header, by its first field. */
  static boolean isHeader(String firstField) {
    return ID_NAMES.contains(firstField);
  }

  /** Returns the layout that a header states, or null when a column is missing or duplicate. */
  static TsvColumns ofHeader(List<String> names) {
    Map<String, Integer> at = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (at.put(names.get(i).replaceFirst("^img_", "image_"), i) != null) {
        return null;
      }
    }
    for (String needed : List.of("image_w", "image_h", "num_boxes", "boxes", "features")) {
      if (!at.containsKey(needed)) {
        return null;
      }
    }
    return new TsvColumns(
        names.size(),
        at.get("image_w"),
        at.get("image_h"),
        at.get("num_boxes"),
        at.get("boxes"),
        at.get("features"));
  }
}
