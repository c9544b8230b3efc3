package io.github.visualbert.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class JsonWriterTest {
  @Test
  void writesNestedValuesOnOneLine() {
    JsonWriter json = new JsonWriter().beginObject().field("id", 7).name("answers").beginArray();
    json.beginObject()
        .field("label", "a \"b\"\n")
        .field("score", 0.1f)
        .field("d", 0.1)
        .field("ok", true)
        .endObject();
    json.beginObject()
        .endObject()
        .nullValue()
        .endArray()
        .field("shape", new long[] {2, 3})
        .endObject();
    assertThat(json.toString())
        .isEqualTo(
            "{\"id\":7,\"answers\":[{\"label\":\"a \\\"b\\\"\\n"
                + "\",\"score\":0.1,\"d\":0.1,\"ok\":true},{},null],\"shape\":[2,3]}");
  }

  @Test
  void writesWhatItsReaderReads() {
    String text = "{\"a\":[1,-0.0,1.5E300,\"\\u0000\\\\é😀\",{\"b\":null}],\"c\":false}";
    String written = new JsonWriter().value(Json.parse(text)).toString();
    assertThat(written).isEqualTo(text);
    for (float value :
        new float[] {Float.MIN_VALUE, Float.MAX_VALUE, 1e10f, -0.0f, 16777216f, 1 / 3f}) {
      String number = new JsonWriter().value(value).toString();
      assertThat(Json.parse(number)).isInstanceOf(JsonValue.Real.class);
      assertThat(Float.parseFloat(number)).isEqualTo(value);
    }
  }

  @Test
  void escapesALoneSurrogate() {
    assertThat(JsonWriter.quote("\ud800a\udc00\ud83d\ude00")).isEqualTo("\"\\ud800a\\udc00😀\"");
  }

  @Test
  void refusesNumbersThatJsonDoesNotHave() {
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonWriter().value(Float.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JsonWriter().value(Double.NEGATIVE_INFINITY));
  }

  @Test
  void refusesCallsOutOfOrder() {
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginObject().value(1));
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginArray().name("a"));
    assertThatIllegalStateException()
        .isThrownBy(() -> new JsonWriter().beginObject().name("a").endObject());
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginObject().endArray());
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().value(1).value(2));
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().beginArray().toString());
    assertThatIllegalStateException().isThrownBy(() -> new JsonWriter().toString());
  }
}
