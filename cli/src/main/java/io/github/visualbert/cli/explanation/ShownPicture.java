package io.github.visualbert.cli.explanation;

import io.github.visualbert.cli.draw.EmbeddedPicture;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * A picture as an explanation shows it.
 *
 * @param source what it is called
 * @param image its pixels, or null where only features are given
 * @param regions how many there are
 * @param boxes where they lie, one for each, or none when that is not known
 * @param labels what a detector took them for, one for each, or none
 */
public record ShownPicture(
    String source, EmbeddedPicture image, int regions, List<Box> boxes, List<String> labels) {

  /**
   * Describes a picture.
   *
   * @param detection where the features come from, or null
   */
  public static ShownPicture of(
      VisualFeatures features, EmbeddedPicture image, Detection detection) {
    return new ShownPicture(
        features.source(),
        image,
        features.regions(),
        features.boxes(),
        detection == null
            ? List.of()
            : detection.regions().stream().map(ShownPicture::label).toList());
  }

  private static String label(Region region) {
    String object = region.object() != null ? region.object() : "class " + region.objectId();
    return (region.attribute() != null ? region.attribute() + " " : "") + object;
  }

  /** Returns what a region is called: its number, and its label where it has one. */
  public String name(int region) {
    return "region " + region + (labels.isEmpty() ? "" : " (" + labels.get(region) + ")");
  }

  /** Writes the label and the box of a region, if it has them, as fields of the open object. */
  void write(int region, JsonWriter json) {
    if (!labels.isEmpty()) {
      json.field("label", labels.get(region));
    }
    if (!boxes.isEmpty()) {
      Box box = boxes.get(region);
      json.name("box").beginArray();
      json.value(box.left()).value(box.top()).value(box.right()).value(box.bottom());
      json.endArray();
    }
  }
}
