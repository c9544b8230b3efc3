package io.github.visualbert.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void readsEveryKindOfValue() {
    JsonObject object =
        Json.parseObject(
            utf8(
                " {\"s\":\"x\\n"
                    + "\", \"i\": -3, \"r\":1.5e1, \"t\":true, \"n\":null,\r\n"
                    + "\t\"a\":[1,[],{}], \"o\":{\"k\":0}} "));
    assertThat(object.keys()).containsExactly("s", "i", "r", "t", "n", "a", "o");
    assertThat(object.getString("s")).isEqualTo("x\n");
    assertThat(object.getLong("i")).isEqualTo(-3);
    assertThat(object.getInt("i")).isEqualTo(-3);
    assertThat(object.getDouble("i")).isEqualTo(-3.0);
    assertThat(object.getDouble("r")).isEqualTo(15.0);
    assertThat(object.getBoolean("t")).isTrue();
    assertThat(object.get("n")).isEqualTo(JsonValue.Null.NULL);
    assertThat(object.has("n")).isFalse();
    assertThat(object.getString("n", "absent")).isEqualTo("absent");
    assertThat(object.getArray("a").size()).isEqualTo(3);
    assertThat(object.getObject("o").getLong("k")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-1, -1",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808"
  })
  void keepsIntegersExactly(String text, long value) {
    assertThat(Json.parse(text)).isEqualTo(new JsonValue.Int(value));
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "1e3, 1000",
    "-0, -0.0",
    "9223372036854775808, 9.223372036854775808E18",
    "18446744073709551615, 1.8446744073709552E19",
    "123456789012345678901234567890, 1.2345678901234568E29",
    "4.9E-324, 4.9E-324",
    "1e-400, 0.0",
    "-0.1E+2, -10"
  })
  void tellsOtherNumbersFromIntegers(String text, double value) {
    assertThat(Json.parse(text)).isEqualTo(new JsonValue.Real(value, text));
    assertThat(new JsonWriter().value(Json.parse(text)).toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "[1,]",
        "{\"a\":1,}",
        "{,}",
        "[,]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{1:1}",
        "[1 2]",
        "1 2",
        "{} {}",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "--1",
        "0x1",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "tru",
        "True",
        "nul",
        "nullx",
        "'a'",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\t\"",
        "\"\n\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\ud800\"",
        "\"\\udc00\"",
        "// c\n1",
        "/* c */1",
        "\ufeff1",
        "\u00a01",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "[1}",
        "{\"a\":1]"
      })
  void refusesWhatIsNotJson(String text) {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse(text))
        .withMessageContaining("at line ")
        .satisfies(e -> assertThat(e.offset()).isBetween(0L, (long) utf8(text).length));
  }

  @Test
  void decodesStringsStrictly() {
    assertThat(Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀\u007f\""))
        .isEqualTo(new JsonValue.Text("\"\\/\b\f\n\r\té😀é😀\u007f"));
    int[][] notUtf8 = {
      {0x80},
      {0xc0, 0x80},
      {0xc3},
      {0xe0, 0x80, 0x80},
      {0xed, 0xa0, 0x80},
      {0xf4, 0x90, 0x80, 0x80},
      {0xff}
    };
    for (int[] bytes : notUtf8) {
      byte[] text = new byte[bytes.length + 3];
      text[0] = '"';
      text[1] = 'a';
      text[text.length - 1] = '"';
      for (int i = 0; i < bytes.length; i++) {
        text[i + 2] = (byte) bytes[i];
      }
      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse(text))
          .withMessage("not UTF-8 at line 1, column 3");
    }
  }

  @Test
  void limitsDepth() {
    assertThat(Json.parse("[".repeat(128) + "]".repeat(128))).isInstanceOf(JsonArray.class);
    assertThat(Json.parse("[" + "[],{},".repeat(200) + "[]]")).isInstanceOf(JsonArray.class);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse("[".repeat(129) + "]".repeat(129)))
        .withMessage("nested deeper than 128 at line 1, column 129");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse("{\"a\":".repeat(1_000_000)));
  }

  @Test
  void limitsValuesAndTheLengthOfANumber() {
    String many = "[" + "0,".repeat(Json.MAX_VALUES - 2) + "0";
    assertThat(Json.parse(many + "]")).isInstanceOf(JsonArray.class);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse(many + ",0]"))
        .withMessageStartingWith("more than 1048576 values");
    byte[] four = "{\"a\": [1, 2]}".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parseObject(four, 4).has("a")).isTrue();
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parseObject(four, 3))
        .withMessageStartingWith("more than 3 values");
    assertThat(Json.parse("1".repeat(300))).isInstanceOf(JsonValue.Real.class);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse("0." + "1".repeat(3000)))
        .withMessageStartingWith("a number of more than 2048 characters");
  }

  @Test
  void saysWhereTheTextIsWrong() {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse("{\n  \"é\": 1,\n  \"é\": 2\n}"))
        .withMessage("the key \"é\" is given twice at line 3, column 3");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parse("[1,\n 2;]"))
        .withMessage("expected ',' or ']', found ';' at line 2, column 3")
        .satisfies(e -> assertThat(e.offset()).isEqualTo(6));
  }

  @Test
  void saysWhichValueIsOfAnotherKind() {
    JsonObject object =
        Json.parseObject(
            utf8("{\"model\":{\"layers\":[{\"size\":\"768\"},3.0,4294967296]},\"n\":null}"));
    JsonArray layers = object.getObject("model").getArray("layers");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> layers.getObject(0).getInt("size", 1))
        .withMessage("model.layers[0].size: expected an integer of 32 bits, found \"768\"");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> layers.getLong(1))
        .withMessage("model.layers[1]: expected an integer, found 3.0");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> layers.getInt(2))
        .withMessage("model.layers[2]: expected an integer of 32 bits, found 4294967296");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> object.getString("missing"))
        .withMessage("missing: expected a string, found nothing");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> object.getBoolean("n"))
        .withMessage("n: expected true or false, found null");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> Json.parseObject(utf8("[]")))
        .withMessage("expected an object, found an array of 0");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
