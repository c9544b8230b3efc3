package io.github.visualbert.cli.detector;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.Tensor;

/**
 * A detection as one line of JSON. Boxes are in pixels of the picture; what the detector does not
 * know is left out.
 */
public final class RegionJson {
  private RegionJson() {}

  /** Returns the picture and its regions. */
  public static String of(Detection detection) {
    return begin(detection).endObject().toString();
  }

  /** Returns the line of a picture that could not be used. */
  public static String error(String picture, String error) {
    return new JsonWriter()
        .beginObject()
        .field("image", picture)
        .field("error", error)
        .endObject()
        .toString();
  }

  /** Returns the same with the rows of the features, as arrays of numbers. */
  public static String withFeatures(Detection detection, Tensor rows) {
    JsonWriter json = begin(detection).name("features").beginArray();
    long at = 0;
    for (long row = 0; row < rows.size(0); row++) {
      json.beginArray();
      for (long column = 0; column < rows.size(1); column++) {
        json.value(rows.getFloat(at++));
      }
      json.endArray();
    }
    return json.endArray().endObject().toString();
  }

  private static JsonWriter begin(Detection detection) {
    JsonWriter json = new JsonWriter().beginObject();
    json.field("image", detection.source());
    json.field("width", detection.width()).field("height", detection.height());
    json.name("regions").beginArray();
    for (Region region : detection.regions()) {
      write(region, json);
    }
    return json.endArray();
  }

  /** Writes a region as an object. */
  public static void write(Region region, JsonWriter json) {
    json.beginObject().name("box").beginArray();
    json.value(region.x1()).value(region.y1()).value(region.x2()).value(region.y2()).endArray();
    if (region.object() != null) {
      json.field("object", region.object());
    }
    json.field("object_id", region.objectId()).field("confidence", region.confidence());
    if (region.attributeId() >= 0) {
      if (region.attribute() != null) {
        json.field("attribute", region.attribute());
      }
      json.field("attribute_id", region.attributeId());
      json.field("attribute_confidence", region.attributeConfidence());
    }
    json.endObject();
  }
}
