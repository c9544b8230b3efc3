package io.github.visualbert.cli.detector;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonWriter;
import java.util.List;
import java.util.Map;

/** Writes the values of a YAML text as JSON, and those that have aliases once for each alias. */
final class YamlJson {
  private final JsonWriter json = new JsonWriter();
  private final String source;
  private int values;
  private int depth;

  YamlJson(String source) {
    this.source = source;
  }

  /**
   * Returns the text.
   *
   * @throws ModelException when aliases make it larger or deeper than a configuration may be
   */
  String text(Object value) {
    write(value);
    return json.toString();
  }

  private void write(Object value) {
    if (++values > YamlReader.MAX_VALUES || depth > YamlReader.MAX_DEPTH) {
      throw new ModelException(
          Kind.HOSTILE,
          "%s: its aliases make more than %d values or %d levels"
              .formatted(source, YamlReader.MAX_VALUES, YamlReader.MAX_DEPTH));
    }
    switch (value) {
      case null -> json.nullValue();
      case Map<?, ?> map -> {
        depth++;
        json.beginObject();
        map.forEach(
            (key, each) -> {
              json.name((String) key);
              write(each);
            });
        json.endObject();
        depth--;
      }
      case List<?> list -> {
        depth++;
        json.beginArray();
        list.forEach(this::write);
        json.endArray();
        depth--;
      }
      case Boolean truth -> json.value(truth);
      case Long number -> json.value((long) number);
      case Double number -> json.value((double) number);
      default -> json.value((String) value);
    }
  }
}
