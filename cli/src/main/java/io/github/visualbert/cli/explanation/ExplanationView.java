package io.github.visualbert.cli.explanation;

import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.tensor.Tensor;
import java.util.Base64;
import java.util.List;

/** What {@code view.js} draws of an explanation: every weight between words and regions. */
public final class ExplanationView {
  private ExplanationView() {}

  /**
   * Returns the view as one object.
   *
   * @param explanation of every head
   * @param start the map to show first
   */
  public static String json(Explanation explanation, AttentionMap start) {
    JsonWriter json = new JsonWriter().beginObject();
    write(explanation, start, json);
    return json.endObject().toString();
  }

  /** Writes the same as fields of the open object. */
  public static void write(Explanation explanation, AttentionMap start, JsonWriter json) {
    json.field("text", explanation.request().text()).field("about", about(explanation));
    if (explanation.rows().truncated()) {
      json.field("note", "The text is longer than the model can read; its end was cut off.");
    }
    json.field("layers", explanation.layers()).field("heads", explanation.heads());
    json.name("start").beginObject().field("layer", start.layer());
    boolean rollout = start.head() == AttentionMap.ALL_HEADS;
    json.field("head", rollout ? 0 : start.head()).field("view", rollout ? "rollout" : "head");
    json.name("words").beginArray();
    for (int word : explanation.focus()) {
      json.value(word);
    }
    json.endArray().endObject();
    json.name("answers").beginArray();
    for (Explanation.NamedAnswer each : explanation.answers()) {
      json.beginObject();
      if (each.about() != null) {
        json.field("about", each.about());
      }
      json.field("label", each.answer().label()).field("score", each.answer().score()).endObject();
    }
    json.endArray().name("words").beginArray();
    for (Word word : explanation.rows().words()) {
      json.beginObject().field("text", word.text());
      json.field("added", word.source() == Source.ADDED).endObject();
    }
    json.endArray().name("pictures").beginArray();
    explanation.pictures().forEach(picture -> write(picture, json));
    json.endArray();
    json.field("maps", base64(explanation.maps().maps()));
    json.field("rollout", base64(explanation.maps().rollout()));
  }

  private static String about(Explanation explanation) {
    StringBuilder about = new StringBuilder();
    for (ShownPicture picture : explanation.pictures()) {
      about.append(about.isEmpty() ? "" : " and ").append(picture.source());
    }
    about.append(", task ").append(explanation.task());
    if (explanation.pair() != null) {
      about.append("; shown with the choice \u201c").append(explanation.pair()).append('\u201d');
    }
    return about.toString();
  }

  private static void write(ShownPicture picture, JsonWriter json) {
    json.beginObject().field("source", picture.source());
    if (picture.image() != null) {
      json.field("image", picture.image().dataUrl());
      json.field("width", picture.image().width()).field("height", picture.image().height());
    }
    json.name("regions").beginArray();
    for (int region = 0; region < picture.regions(); region++) {
      json.beginObject();
      picture.write(region, json);
      json.endObject();
    }
    json.endArray().endObject();
  }

  /** Returns the weights between words and regions of maps in 16 bits each, low byte first. */
  private static String base64(List<AttentionMap> maps) {
    byte[] bytes = null;
    int at = 0;
    for (AttentionMap map : maps) {
      Tensor weights = map.words();
      int count = Math.toIntExact(weights.elementCount());
      bytes = bytes == null ? new byte[Math.multiplyExact(2 * count, maps.size())] : bytes;
      for (int i = 0; i < count; i++) {
        int level = (int) Math.min(65535, Math.round(65535.0 * weights.getFloat(i)));
        bytes[at++] = (byte) level;
        bytes[at++] = (byte) (level >> 8);
      }
    }
    return Base64.getEncoder().encodeToString(bytes);
  }
}
