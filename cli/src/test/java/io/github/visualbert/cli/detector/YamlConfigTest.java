package io.github.visualbert.cli.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.error.ModelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlConfigTest {
  private static final String PUBLISHED =
      """
      # a comment
      MODEL:
        PIXEL_MEAN: [102.9801, 115.9465, 122.7717]
        max_pool: true
      anchor_generator:
        sizes:
        - - 28
          - 40
        ratios: &ratios
        - 0.5
        - 1.
        again: *ratios
      name: ''
      text: "a \\"quoted\\" one"
      nothing:
      scales: (800,)
      """;

  @TempDir private Path folder;

  private static String json(String yaml) {
    return YamlConfig.json(yaml, "c.yaml");
  }

  @Test
  void aConfigurationIsTheSameInJson() {
    assertThat(json(PUBLISHED))
        .isEqualTo(
            "{\"MODEL\":{\"PIXEL_MEAN\":[102.9801,115.9465,122.7717],\"max_pool\":true},"
                + "\"anchor_generator\":{\"sizes\":[[28,40]],\"ratios\":[0.5,1.0],"
                + "\"again\":[0.5,1.0]},\"name\":\"\",\"text\":\"a \\\"quoted\\\" one\","
                + "\"nothing\":null,\"scales\":\"(800,)\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7|7",
        "-1|-1",
        "+5|5",
        "007|7",
        "0x1F|31",
        "0o17|15",
        "9223372036854775807|9223372036854775807",
        "0.7|0.7",
        "1e-5|1.0E-5",
        ".5|0.5",
        "2.|2.0",
        "True|true",
        "FALSE|false",
        "~|null",
        "Null|null",
        "'7'|7",
        "\"true\"|\"true\"",
        "yes|\"yes\"",
        "1_000|\"1_000\"",
      })
  void scalars(String yaml, String expected) {
    assertThat(json("a: " + yaml)).isEqualTo("{\"a\":" + expected + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: !!python/object/apply:os.system ['id']|line 1, column 4: expected plain data, found the"
            + " tag tag:yaml.org,2002:python/object/apply:os.system",
        "a: !!javax.script.ScriptEngineManager [1]|line 1, column 4: expected plain data, found the"
            + " tag",
        "!x a: 1|line 1, column 1: expected plain data, found the tag !x",
        "a: !!float 1|line 1, column 4: expected plain data, found the tag",
        "a: 1\\na: 2|line 2, column 1: the key a is there twice",
        "a: &a [*a]|line 1, column 8: expected an alias of an earlier value, found *a",
        "a: *b|line 1, column 4: expected an alias of an earlier value, found *b",
        "a: &b {c: 1}\\nd:\\n  <<: *b|line 3, column 3: merge keys (<<) are not supported",
        "? [1]\\n: 2|line 1, column 3: expected a text as a key",
        "a: 1\\n---\\nb: 2|line 2, column 1: expected one document, found another",
        "- 1|line 1, column 1: expected a mapping of keys to values",
        "word|line 1, column 1: expected a mapping of keys to values",
        "# nothing|line 1, column 10: expected a mapping of keys to values, found nothing",
        "a: .nan|line 1, column 4: expected a finite number, found .nan",
        "a: -.inf|line 1, column 4: expected a finite number, found -.inf",
        "a: 1e999|line 1, column 4: expected a finite number, found 1e999",
        "a: 9223372036854775808|line 1, column 4: expected an integer of 64 bits",
        "a: [1|line 1, column 6: invalid YAML: ",
        "a:\\n\\tb: 1|line 2, column 1: invalid YAML: ",
        "a: b: c|line 1, column 5: invalid YAML: ",
        "a: @b|line 1, column 4: invalid YAML: ",
        "%TAG ! tag:x,2000:\\n---\\na: !b 1|line 3, column 4: expected plain data, found the tag",
      })
  void whatIsNotPlainDataIsRefused(String yaml, String expected) {
    assertThatThrownBy(() -> json(yaml.replace("\\n", "\n").replace("\\t", "\t")))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("c.yaml: " + expected);
  }

  @Test
  void depthIsLimited() {
    int most = YamlReader.MAX_DEPTH - 1; // the root is one more
    assertThat(json("a: " + "[".repeat(most) + "]".repeat(most))).startsWith("{\"a\":[[");
    for (int depth : new int[] {most + 1, 100_000}) {
      assertThatThrownBy(() -> json("a: " + "[".repeat(depth) + "]".repeat(depth)))
          .isInstanceOf(ModelException.class)
          .hasMessage("c.yaml: line 1, column 35: expected at most 32 levels");
    }
    StringBuilder block = new StringBuilder("a:");
    for (int i = 1; i < 200; i++) {
      block.append("\n").append(" ".repeat(i)).append("a:");
    }
    assertThatThrownBy(() -> json(block.toString()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected at most 32 levels");
  }

  @Test
  void valuesAreLimited() {
    assertThatThrownBy(() -> json("a: [" + "1,".repeat(YamlReader.MAX_VALUES) + "]"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected at most 65536 values");
  }

  @Test
  void aliasesCountAsWhatTheyStandFor() {
    StringBuilder bomb = new StringBuilder("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for (char c = 'b'; c <= 'i'; c++) {
      String each = "*" + (char) (c - 1) + ",";
      bomb.append("%c: &%c [%s]%n".formatted(c, c, each.repeat(9)));
    }
    assertThatThrownBy(() -> json(bomb.toString()))
        .isInstanceOf(ModelException.class)
        .hasMessage("c.yaml: its aliases make more than 65536 values or 32 levels");
    StringBuilder tower = new StringBuilder("a: &a0 [1]\n");
    for (int i = 1; i < 20; i++) {
      tower.append("b%d: &a%d [[*a%d]]%n".formatted(i, i, i - 1));
    }
    assertThatThrownBy(() -> json(tower.toString()))
        .isInstanceOf(ModelException.class)
        .hasMessage("c.yaml: its aliases make more than 65536 values or 32 levels");
  }

  @Test
  void filesAreLimited() throws Exception {
    Path file = folder.resolve("large.yaml");
    Files.write(file, new byte[YamlConfig.MAX_BYTES + 1]);
    assertThatThrownBy(() -> YamlConfig.json(file))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file + ": expected a configuration in YAML of at most 262144 bytes, found 262145");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xc3, (byte) 0x28});
    assertThatThrownBy(() -> YamlConfig.json(file))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": expected UTF-8");
    Files.writeString(file, "a: \u0001");
    assertThatThrownBy(() -> YamlConfig.json(file))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": invalid YAML: ");
  }

  @Test
  void damagedFilesAreRefused() {
    new Mutants(
            List.of(
                PUBLISHED.getBytes(StandardCharsets.UTF_8),
                "a: {b: [1, 'c', \"d\", &e {f: g}], h: *e}\ni: |\n  j\n"
                    .getBytes(StandardCharsets.UTF_8),
                "? a\n: >-\n  b\n  c\n? d\n:\n  - e\n  - ~\n".getBytes(StandardCharsets.UTF_8)),
            ModelException.class,
            4000)
        .constant(1 << 20)
        .attack(3000, folder.resolve("damaged.yaml"), YamlConfig::json);
  }
}
