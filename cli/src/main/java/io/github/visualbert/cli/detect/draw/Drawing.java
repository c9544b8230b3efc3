package io.github.visualbert.cli.detect.draw;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where everything goes in the drawing of a detection. Small pictures are enlarged, and the canvas
 * is never too small for a label.
 *
 * @param scale pixels of the drawing for each of the picture
 * @param width of the canvas; the picture is at its upper left
 * @param marks the regions, the most confident last, so that it is on top
 */
record Drawing(int scale, int width, int height, List<Mark> marks) {
  static final int FONT_SIZE = 13;

  /** The width of an average letter, which labels are fitted to. */
  private static final double LETTER_WIDTH = 0.58 * FONT_SIZE;

  private static final int LABEL_HEIGHT = FONT_SIZE + 5;
  private static final int PADDING = 4;
  private static final int LEAST_SIDE = 480;
  private static final int LEAST_WIDTH = 240;
  private static final int LEAST_HEIGHT = 2 * LABEL_HEIGHT;

  /** Colours that differ in hue and in lightness, also for most people with colour blindness. */
  private static final String[] COLOURS = {
    "#e6194b", "#4363d8", "#f58231", "#008b8b", "#911eb4", "#ffe119", "#3cb44b", "#f032e6",
    "#800000", "#46f0f0", "#000075", "#bfef45"
  };

  /** A rectangle in pixels of the drawing. */
  record Area(double x, double y, double width, double height) {
    boolean overlaps(Area other) {
      return x < other.x + other.width
          && other.x < x + width
          && y < other.y + other.height
          && other.y < y + height;
    }
  }

  /**
   * A region.
   *
   * @param colour of its class, as {@code #rrggbb}
   * @param ink a colour that is legible on it
   */
  record Mark(Area box, Area label, String text, String colour, String ink) {}

  /**
   * Lays a detection out.
   *
   * @param least the confidence from which on regions are drawn; the most confident one always is
   */
  static Drawing of(Detection detection, double least) {
    int longest = Math.max(detection.width(), detection.height());
    int scale = Math.max(1, (LEAST_SIDE + longest - 1) / longest);
    int width = Math.max(scale * detection.width(), LEAST_WIDTH);
    int height = Math.max(scale * detection.height(), LEAST_HEIGHT);
    Map<Integer, String> colours = new LinkedHashMap<>();
    List<Mark> marks = new ArrayList<>();
    List<Area> taken = new ArrayList<>();
    for (Region region : detection.regions()) {
      if (!marks.isEmpty() && region.confidence() < least) {
        continue;
      }
      String colour =
          colours.computeIfAbsent(region.objectId(), _ -> COLOURS[colours.size() % COLOURS.length]);
      Area box =
          new Area(
              scale * region.x1(),
              scale * region.y1(),
              scale * Math.max(0, region.x2() - region.x1()),
              scale * Math.max(0, region.y2() - region.y1()));
      String text = text(region);
      Area label = label(box, text, width, height, taken);
      taken.add(label);
      marks.addFirst(new Mark(box, label, text, colour, ink(colour)));
    }
    return new Drawing(scale, width, height, List.copyOf(marks));
  }

  private static String text(Region region) {
    String object = region.object() != null ? region.object() : "class " + region.objectId();
    String attribute = region.attribute() != null ? region.attribute() + " " : "";
    return "%s%s %.2f".formatted(attribute, object, region.confidence());
  }

  /** Returns a free place at the box: above, inside or below; over other labels if none is free. */
  private static Area label(Area box, String text, int width, int height, List<Area> taken) {
    double wide =
        Math.min(width, text.codePointCount(0, text.length()) * LETTER_WIDTH + 2 * PADDING);
    double x = Math.clamp(box.x, 0, width - wide);
    double[] heights = {
      box.y - LABEL_HEIGHT,
      box.y,
      box.y + box.height,
      box.y + box.height - LABEL_HEIGHT,
      box.y + LABEL_HEIGHT,
      box.y + 2 * LABEL_HEIGHT
    };
    Area first = null;
    for (double y : heights) {
      Area area = new Area(x, Math.clamp(y, 0, height - LABEL_HEIGHT), wide, LABEL_HEIGHT);
      if (taken.stream().noneMatch(area::overlaps)) {
        return area;
      }
      first = first == null ? area : first;
    }
    return first;
  }

  /** Returns where the text of a label begins. */
  static double textX(Area label) {
    return label.x + PADDING;
  }

  /** Returns the base line of the text of a label. */
  static double textY(Area label) {
    return label.y + FONT_SIZE;
  }

  /** Returns how wide the text of a label is. */
  static double textWidth(Area label) {
    return label.width - 2 * PADDING;
  }

  private static String ink(String colour) {
    int rgb = Integer.parseInt(colour.substring(1), 16);
    double light = 0.299 * (rgb >> 16) + 0.587 * (rgb >> 8 & 0xff) + 0.114 * (rgb & 0xff);
    return light > 140 ? "#000000" : "#ffffff";
  }
}
