package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.detector.RegionJson;
import io.github.visualbert.cli.serve.model.SeenPicture;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;

/** The regions of a picture, as {@code detect --format json} has them. */
final class Regions {
  private Regions() {}

  /**
   * Writes the regions that a model reads, as a field of an open object.
   *
   * @param read what the model reads of the picture, which may be less than what was seen
   */
  static void write(SeenPicture picture, VisualFeatures read, JsonWriter json) {
    json.field("as_stored", picture.asStored());
    json.name("regions").beginArray();
    if (picture.detection() != null) {
      picture.detection().regions().stream()
          .limit(read.regions())
          .forEach(region -> RegionJson.write(region, json));
    } else {
      for (Box box : read.boxes()) { // in parts of the picture
        json.beginObject().name("box").beginArray();
        json.value(box.left() * picture.width());
        json.value(box.top() * picture.height());
        json.value(box.right() * picture.width());
        json.value(box.bottom() * picture.height()).endArray().endObject();
      }
    }
    json.endArray();
  }
}
