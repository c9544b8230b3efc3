package io.github.visualbert.cli.evaluate;

import java.util.List;

/**
 * A caption of Flickr30k Entities.
 *
 * @param id the picture's name and the caption's number, {@code 1000092795#0}
 * @param image the picture's name
 * @param width of the picture in pixels; 0 when that is not known
 * @param height of the picture in pixels; 0 when that is not known
 * @param text the caption; null when the annotations hold its phrases only
 * @param phrases those that are marked, in the order of the words
 */
record FlickrCaption(
    Line line, String id, String image, int width, int height, String text, List<Phrase> phrases) {
  /** The overlap from which on a region is right. */
  private static final double RIGHT = 0.5;

  /**
   * A phrase that stands for an entity.
   *
   * @param begin where it begins in the caption, in chars; -1 when its words tell
   * @param types of the entity, {@code people} or {@code clothing} for example
   * @param boxes where the entity is visible; a phrase without boxes does not count
   */
  record Phrase(String words, int begin, List<String> types, List<PixelBox> boxes) {
    boolean counts() {
      return !boxes.isEmpty();
    }

    /** Returns whether a region overlaps any one of the boxes enough. */
    boolean isAt(PixelBox region) {
      return boxes.stream().anyMatch(box -> region.intersectionOverUnion(box) >= RIGHT);
    }
  }

  /**
   * Returns the name of a picture, or the id of a caption, without the ending of a picture's file.
   */
  static String withoutEnding(String name) {
    return name.replaceFirst("\\.jpe?g(?=#|$)", "");
  }
}
