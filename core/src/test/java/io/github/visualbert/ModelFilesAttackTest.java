package io.github.visualbert;

import io.github.visualbert.config.Labels;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged small files of a model folder: each is read or refused. */
class ModelFilesAttackTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo/vqa");
  private static final Path MODELS = Path.of(System.getProperty("testdata"), "goldens/models");

  @TempDir private Path folder;

  @Test
  void vocabularies() throws IOException {
    // a shorter one is read in less time, and as many of its edits matter
    byte[] vocabulary =
        String.join("\n", Files.readAllLines(DEMO.resolve("vocab.txt")).subList(0, 120))
            .getBytes(StandardCharsets.UTF_8);
    byte[] accents =
        "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\n##é\r\n猫\r\na"
            .getBytes(StandardCharsets.UTF_8);
    attack("vocab.txt", 1000, List.of(vocabulary, accents), Vocabulary::read);
  }

  @Test
  void tokenizerConfigurations() throws IOException {
    Files.copy(DEMO.resolve("vocab.txt"), folder.resolve("vocab.txt"));
    String all =
        """
        {"do_lower_case": true, "strip_accents": null, "tokenize_chinese_chars": false,
         "model_max_length": 1000000000000000019884624838656, "unk_token": "[UNK]",
         "cls_token": {"content": "[CLS]", "lstrip": false}, "mask_token": "[MASK]"}
        """;
    attack(
        "tokenizer_config.json",
        1000,
        List.of(
            Files.readAllBytes(DEMO.resolve("tokenizer_config.json")),
            all.getBytes(StandardCharsets.UTF_8)),
        file -> BertTokenizer.open(folder).encode("a ring, [MASK] and é"));
  }

  @Test
  void tokenizers() throws IOException {
    Path saved = DEMO.resolveSibling("../checkpoints/transformers-5/tokenizer.json");
    attack(
        "tokenizer.json",
        1000,
        List.of(Files.readAllBytes(saved)),
        file -> BertTokenizer.open(folder).encode("a ring, [MASK] and é"));
  }

  @Test
  void configurations() throws IOException {
    attack(
        "config.json",
        1000,
        List.of(
            Files.readAllBytes(DEMO.resolve("config.json")),
            Files.readAllBytes(MODELS.resolve("base_long/config.json"))),
        file -> {
          VisualBertConfig config = VisualBertConfig.read(file);
          Architecture.of(config, config.headType(), true);
          config.labels();
        });
  }

  @Test
  void preprocessorConfigurations() throws IOException {
    attack(
        "preprocessor_config.json",
        1000,
        List.of(Files.readAllBytes(DEMO.resolve("preprocessor_config.json"))),
        file -> PreprocessorConfig.read(new ModelFolder(folder), detector -> detector));
  }

  @Test
  void labels() {
    for (String name : ModelFolder.LABELS) {
      String text =
          name.endsWith(".json")
              ? "{\"0\": \"blue\", \"1\": \"two é\", \"2\": \"\"}"
              : "blue\ntwo é\n\n";
      attack(
          name, 500, List.of(text.getBytes(StandardCharsets.UTF_8)), file -> Labels.read(file, 3));
    }
  }

  private void attack(String name, int count, List<byte[]> seeds, Consumer<Path> reader) {
    Path file = folder.resolve(name);
    // a tokenizer of a good vocabulary is made each time
    new Mutants(seeds, ModelException.class, 400).constant(1 << 20).attack(count, file, reader);
  }
}
