package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.config.Labels;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.vision.FeatureFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every text that is read, as editors and shells of Windows write it. */
class TextEncodingsTest {
  private static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  private static final Path CHECKPOINTS = TESTDATA.resolve("checkpoints");
  private static final Path TINY = CHECKPOINTS.resolve("tiny");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "preprocessor_config.json",
        "vocab.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "labels.txt",
        "labels.json",
        "model.safetensors.index.json"
      })
  void aModelsFile(String name) throws IOException {
    Path shard = Files.copy(TINY.resolve("model.safetensors"), folder.resolve("1.safetensors"));
    for (String file : List.of("config.json", "preprocessor_config.json", "vocab.txt")) {
      Files.copy(TINY.resolve(file), folder.resolve(file));
    }
    String labels = "[\"" + "a\", \"".repeat(34) + "b\"]";
    Map<String, String> written =
        Map.of(
            "special_tokens_map.json",
            "{\"mask_token\": \"[MASK]\"}",
            "added_tokens.json",
            "{\"[MASK]\": 4}",
            "labels.txt",
            "a\n".repeat(34) + "b\n",
            "labels.json",
            labels,
            "model.safetensors.index.json",
            index(shard));
    Path file = folder.resolve(name);
    String text =
        name.startsWith("tokenizer")
            ? Files.readString(CHECKPOINTS.resolve("transformers-5").resolve(name))
            : written.containsKey(name) ? written.get(name) : Files.readString(file);
    boolean sharded = name.endsWith("index.json");
    Path weights = sharded ? file : shard;
    Files.writeString(file, text);
    Ranking expected = answer(weights);
    Files.writeString(file, "\ufeff" + text);
    assertThat(answer(weights)).isEqualTo(expected);
    Files.writeString(file, "\ufeff" + text, StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> answer(weights))
        .isInstanceOf(VisualBertException.class)
        .hasMessage(file + ": expected UTF-8, found UTF-16");
  }

  private static String index(Path shard) throws IOException {
    byte[] head = Files.readAllBytes(shard);
    int length = (head[0] & 0xff) + ((head[1] & 0xff) << 8);
    StringBuilder index = new StringBuilder("{\"weight_map\": {");
    String header = new String(head, 8, length, StandardCharsets.UTF_8);
    String comma = "";
    for (String part : header.split("\"")) {
      if (part.endsWith(".weight") || part.endsWith(".bias")) {
        index.append(comma).append("\"%s\": \"1.safetensors\"".formatted(part));
        comma = ", ";
      }
    }
    return index.append("}}").toString();
  }

  private Ranking answer(Path weights) {
    try (VisualBert model = VisualBert.builder(folder).weights(weights).threads(1).open()) {
      return model
          .questionAnswering()
          .answer(
              "what is the colour of the ring?",
              model.regions(TESTDATA.resolve("demo/images/scene-1.png")),
              35);
    }
  }

  @Test
  void labelsByTheirOwnName() throws IOException {
    Path file = Files.writeString(folder.resolve("names.txt"), "\ufeffa\nb\n");
    assertThat(Labels.read(file, 2)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bottom-up.tsv", "lxmert.tsv", "named-columns.tsv"})
  void regionFeatures(String name) throws IOException {
    Path table = TESTDATA.resolve("features").resolve(name);
    Path file = Files.writeString(folder.resolve(name), "\ufeff" + Files.readString(table));
    try (FeatureFile marked = FeatureFile.open(file);
        FeatureFile plain = FeatureFile.open(table)) {
      assertThat(marked.names()).isEqualTo(plain.names());
      for (String picture : plain.names()) {
        assertThat(marked.read(picture).toArray()).isEqualTo(plain.read(picture).toArray());
      }
    }
    Files.writeString(file, "\ufeff" + Files.readString(table), StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> FeatureFile.open(file))
        .hasMessageEndingWith("found a text in UTF-16; save it as UTF-8");
  }
}
