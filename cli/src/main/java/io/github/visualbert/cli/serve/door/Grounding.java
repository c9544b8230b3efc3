package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.explanation.ExplanationJson;
import io.github.visualbert.cli.explanation.ExplanationView;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.HeadSelection;

/** Whether a client wants to know where the model looks, and in which form. */
enum Grounding {
  NONE,
  /** As {@code explain --format json} has it. */
  NUMBERS,
  /** As the page draws it, {@code "view"}: every weight, so it is long. */
  VIEW;

  private static final String FIELD = "grounding";

  static Grounding of(JsonObject json) {
    return switch (json.get(FIELD)) {
      case null -> NONE;
      case JsonValue.Null _ -> NONE;
      case JsonValue.Bool(boolean wanted) -> wanted ? NUMBERS : NONE;
      case JsonValue.Text(String text) when text.equals("view") -> VIEW;
      default -> throw Fields.wrong(json, FIELD, "/grounding", "true, false or \"view\"");
    };
  }

  /** Writes an explanation as a field of the open object. */
  void write(Explanation explanation, JsonWriter json) {
    json.name(FIELD).beginObject();
    if (this == VIEW) {
      ExplanationView.write(explanation, explanation.mostOnRegions(HeadSelection.all()), json);
    } else {
      ExplanationJson.write(explanation, json);
    }
    json.endObject();
  }
}
