package io.github.visualbert.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.Mutants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged JSON: each text is read, and written and read again, or refused. */
class JsonAttackTest {
  @Test
  void anyBytesAreAValueOrRefused() throws IOException {
    Path goldens = Path.of(System.getProperty("testdata"), "goldens");
    String all =
        "{\"a\":[1,-0.0,1.5E300,\"\\u0000\\\\é😀\\ud83d\\ude00\",{\"b\":null}],\"\":[[],{},true,false],\"n\":-12}";
    List<byte[]> seeds =
        List.of(
            all.getBytes(StandardCharsets.UTF_8),
            Files.readAllBytes(
                goldens.resolve("models/storage_sharded/model.safetensors.index.json")),
            Files.readAllBytes(goldens.resolve("models/base_long/config.json")));
    new Mutants(seeds, JsonException.class, 400)
        .attack(
            4000,
            mutant -> {
              String written = new JsonWriter().value(Json.parse(mutant)).toString();
              assertThat(new JsonWriter().value(Json.parse(written)).toString()).isEqualTo(written);
            });
  }

  /**
   * The costliest texts, as long as they may be: at most 384 bytes a value, garbage counted in, and
   * some for each byte.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "0.1",
        "[]",
        "{}",
        "\"\"",
        "\"é\"",
        "\"\\n\"",
        "[0]",
        "{\"\":0}",
        "{\"\":{\"\":{\"\":0}}}"
      })
  void costlyTexts(String value) {
    int count = 100_000;
    byte[] text = ("[" + (value + ",").repeat(count) + "0]").getBytes(StandardCharsets.UTF_8);
    long values =
        count * (1 + value.chars().filter(c -> c == ':').count() + (value.equals("[0]") ? 1 : 0));
    assertThat(Mutants.allocated(() -> assertThat(Json.parse(text)).isInstanceOf(JsonArray.class)))
        .isLessThan(384 * values + 4L * text.length + (2 << 20));
  }
}
