package io.github.visualbert.cli.explanation;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMap.Grounding;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/** An explanation in JSON. */
public final class ExplanationJson {
  private ExplanationJson() {}

  /**
   * Returns one line.
   *
   * @param weights whether every map is given in full, between words and regions
   */
  public static String of(Explanation explanation, boolean weights) {
    JsonWriter json = new JsonWriter().beginObject();
    json.field("id", ((JsonValue.Text) explanation.request().id()).value());
    json.field("task", explanation.task().toString()).field("text", explanation.request().text());
    writePair(explanation, json);
    json.name("answers").beginArray();
    for (Explanation.NamedAnswer each : explanation.answers()) {
      json.beginObject();
      if (each.about() != null) {
        json.field("about", each.about());
      }
      json.field("label", each.answer().label()).field("index", each.answer().index());
      json.field("score", each.answer().score()).endObject();
    }
    json.endArray();
    writeAttention(explanation, weights, json);
    return json.endObject().toString();
  }

  /** Writes what the model looked at as fields of the open object, without request and answers. */
  public static void write(Explanation explanation, JsonWriter json) {
    writePair(explanation, json);
    writeAttention(explanation, false, json);
  }

  private static void writePair(Explanation explanation, JsonWriter json) {
    if (explanation.pair() != null) {
      json.field("pair", explanation.pair());
    }
  }

  private static void writeAttention(Explanation explanation, boolean weights, JsonWriter json) {
    json.name("words").beginArray();
    explanation.rows().words().forEach(word -> write(word, json));
    json.endArray().name("regions").beginArray();
    for (int picture = 0; picture < explanation.pictures().size(); picture++) {
      write(picture, explanation.pictures().get(picture), json);
    }
    json.endArray();
    json.field("layers", explanation.layers()).field("heads", explanation.heads());
    write("maps", explanation, explanation.maps().maps(), weights, json);
    write("rollout", explanation, explanation.maps().rollout(), weights, json);
    if (explanation.rows().truncated()) {
      json.field("truncated", true);
    }
  }

  private static void write(Word word, JsonWriter json) {
    json.beginObject().field("text", word.text());
    json.field("source", word.source().name().toLowerCase(Locale.ROOT));
    json.field("begin", word.begin()).field("end", word.end());
    json.field("row", word.firstRow()).field("pieces", word.pieces()).endObject();
  }

  private static void write(int index, ShownPicture picture, JsonWriter json) {
    for (int region = 0; region < picture.regions(); region++) {
      json.beginObject().field("picture", index).field("region", region);
      picture.write(region, json);
      json.endObject();
    }
  }

  private static void write(
      String name,
      Explanation explanation,
      List<AttentionMap> maps,
      boolean weights,
      JsonWriter json) {
    json.name(name).beginArray();
    for (AttentionMap map : maps) {
      json.beginObject().field("layer", map.layer());
      if (map.head() != AttentionMap.ALL_HEADS) {
        json.field("head", map.head());
      }
      json.field("mass", explanation.mass(map)).name("words").beginArray();
      for (int word = 0; word < explanation.rows().words().size(); word++) {
        Grounding found = map.ground(word);
        json.beginObject().field("region", found.region());
        json.field("weight", found.weight()).field("mass", found.mass()).endObject();
      }
      json.endArray();
      if (weights) {
        write(map.words(), json);
      }
      json.endObject();
    }
    json.endArray();
  }

  private static void write(Tensor weights, JsonWriter json) {
    json.name("weights").beginArray();
    for (long row = 0; row < weights.size(0); row++) {
      json.beginArray();
      for (long column = 0; column < weights.size(1); column++) {
        json.value(weights.getFloat(row * weights.size(1) + column));
      }
      json.endArray();
    }
    json.endArray();
  }
}
