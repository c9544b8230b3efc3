package io.github.visualbert.cli.evaluate.grounding;

import io.github.visualbert.cli.evaluate.grounding.GroundingScores.Relation;
import io.github.visualbert.internal.json.JsonWriter;

/** Writes how well heads ground words as one JSON object, in percent. */
public final class GroundingJson {
  private final GroundingScores scores;
  private final JsonWriter json = new JsonWriter();

  private GroundingJson(GroundingScores scores) {
    this.scores = scores;
  }

  public static String of(GroundingScores scores) {
    GroundingJson writer = new GroundingJson(scores);
    writer.write();
    return writer.json.toString();
  }

  private void write() {
    json.beginObject().field("task", "grounding");
    json.field("pictures", scores.pictures()).field("sentences", scores.sentences());
    json.field("phrases", scores.all().words());
    json.name("heads").beginArray();
    scores.all().all().forEach(head -> head(head, json.beginObject()).endObject());
    json.endArray();
    best(scores.all());
    json.name("best_of_layers").beginArray();
    for (int layer = 0; layer < scores.all().layers(); layer++) {
      head(scores.all().best(layer), json.beginObject()).endObject();
    }
    json.endArray();
    json.name("types").beginObject();
    scores
        .types()
        .forEach(
            (type, tally) -> {
              json.name(type).beginObject().field("phrases", tally.words());
              best(tally);
              json.endObject();
            });
    json.endObject();
    json.name("relations").beginArray();
    for (Relation relation : scores.relations()) {
      json.beginObject().field("relation", relation.name());
      json.field("from", relation.fromDependent() ? "dependent" : "head");
      json.field("to", relation.fromDependent() ? "head" : "dependent");
      json.field("words", relation.tally().words());
      best(relation.tally());
      json.endObject();
    }
    json.endArray();
    json.field("missing", scores.left().pictures()).field("cut_off", scores.left().phrases());
    json.field("not_aligned", scores.left().rows()).field("unparsed", scores.left().unparsed());
    json.endObject();
  }

  /** Writes the best head and the baselines. */
  private void best(HeadTally tally) {
    head(tally.best(), json.name("best").beginObject()).endObject();
    json.name("baselines").beginObject();
    for (Baseline baseline : scores.baselines()) {
      json.field(baseline.shortName(), tally.percent(baseline));
    }
    json.endObject();
    json.field("upper_bound", tally.upperBound());
  }

  private static JsonWriter head(HeadAccuracy head, JsonWriter json) {
    json.field("layer", head.layer()).field("head", head.head());
    return json.field("accuracy", head.percent()).field("on_regions", 100 * head.mass());
  }
}
