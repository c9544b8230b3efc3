package io.github.visualbert.cli.evaluate.grounding;

import io.github.visualbert.vision.Box;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A choice of a region that looks at no text, which a head that grounds words must beat. */
public enum Baseline {
  /** What the detector is surest of: the first region. */
  SUREST("surest detection"),
  LARGEST("largest region"),
  /** The region whose centre is nearest that of the picture. */
  CENTRE("region nearest the centre");

  private final String description;

  Baseline(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  /** Returns the name in tables and JSON. */
  String shortName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the region that each baseline chooses, the lowest of equals.
   *
   * @param boxes of the regions, at least one
   * @param width of the picture in pixels
   * @param height of the picture in pixels
   * @param ranked whether the surest region comes first; otherwise there is no {@link #SUREST}
   */
  public static Map<Baseline, Integer> choices(
      List<Box> boxes, int width, int height, boolean ranked) {
    int largest = 0;
    int centre = 0;
    for (int i = 1; i < boxes.size(); i++) {
      largest = area(boxes.get(i)) > area(boxes.get(largest)) ? i : largest;
      centre =
          fromCentre(boxes.get(i), width, height) < fromCentre(boxes.get(centre), width, height)
              ? i
              : centre;
    }
    Map<Baseline, Integer> choices = new EnumMap<>(Map.of(LARGEST, largest, CENTRE, centre));
    if (ranked) {
      choices.put(SUREST, 0);
    }
    return choices;
  }

  private static double area(Box box) {
    return ((double) box.right() - box.left()) * ((double) box.bottom() - box.top());
  }

  private static double fromCentre(Box box, int width, int height) {
    double x = width * ((double) box.left() + box.right() - 1) / 2;
    double y = height * ((double) box.top() + box.bottom() - 1) / 2;
    return Math.hypot(x, y);
  }
}
