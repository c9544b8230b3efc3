package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The files of a model folder that make its tokenizer, put together as transformers 5 does.
 *
 * <p>The vocabulary is that of {@code tokenizer.json} where there is such a file, and of {@code
 * vocab.txt} otherwise. What the other files state must agree with {@code tokenizer.json} and with
 * each other: where they do not, the reference silently follows one of them.
 */
final class TokenizerFiles {
  private static final int MAX_BYTES = 1 << 20;

  private final ModelFolder folder;

  TokenizerFiles(Path folder) {
    this.folder = new ModelFolder(folder);
  }

  /** Opens the tokenizer. */
  BertTokenizer open() {
    TokenizerJson stated =
        Files.exists(folder.tokenizer())
            ? new TokenizerJsonReader(folder.tokenizer()).read()
            : null;
    Vocabulary vocabulary = stated != null ? stated.vocabulary() : vocabulary();
    TokenizerConfig config = config(stated);
    BertTokenizer tokenizer = new BertTokenizer(vocabulary, config);
    if (stated != null) {
      requireAdded(stated, config.special());
    }
    if (Files.exists(folder.addedTokens())) {
      checkAddedTokens(vocabulary, config.special());
    }
    return tokenizer;
  }

  private Vocabulary vocabulary() {
    if (!Files.exists(folder.vocabulary())) {
      throw new ModelException(
          Kind.UNREADABLE,
          ("%s: expected %s or %s, found neither; models of the authors were trained with the"
               + " vocabulary of bert-base-uncased: put its %2$s there, or run `visualbert convert"
               + " %1$s NEW --vocab %2$s`")
              .formatted(folder.path(), ModelFolder.VOCABULARY, ModelFolder.TOKENIZER));
    }
    return Vocabulary.read(folder.vocabulary());
  }

  private TokenizerConfig config(TokenizerJson stated) {
    TokenizerConfig config = stated != null ? stated.config() : TokenizerConfig.uncased();
    if (Files.exists(folder.tokenizerConfig())) {
      config = readConfig(folder.tokenizerConfig(), stated);
    }
    if (Files.exists(folder.specialTokensMap())) {
      config = config.withSpecial(mapped(config.special(), stated));
    }
    return config;
  }

  /**
   * Reads a tokenizer_config.json.
   *
   * @param stated what tokenizer.json states, or null
   */
  static TokenizerConfig readConfig(Path file, TokenizerJson stated) {
    JsonObject json = read(file);
    return reading(file, () -> new TokenizerConfigReader(file, json, stated).config());
  }

  /** Returns the special tokens of special_tokens_map.json, over those that were named before. */
  private SpecialTokens mapped(SpecialTokens before, TokenizerJson stated) {
    Path file = folder.specialTokensMap();
    SpecialTokenNames names = new SpecialTokenNames(file, read(file));
    SpecialTokens special = reading(file, () -> names.over(before));
    for (String key : SpecialTokens.KEYS) {
      if (special.of(key).equals(before.of(key))) {
        continue;
      }
      String other = null;
      if (stated != null && SpecialTokens.TOLD_BY_TOKENIZER_JSON.contains(key)) {
        other = ModelFolder.TOKENIZER;
      } else if (Files.exists(folder.tokenizerConfig())
          && read(folder.tokenizerConfig()).has(key + "_token")) {
        other = ModelFolder.TOKENIZER_CONFIG;
      }
      if (other != null) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: %s_token: expected %s, as %s has it, found %s"
                .formatted(file, key, quote(before.of(key)), other, quote(special.of(key))));
      }
    }
    reading(
        file,
        () -> {
          names.refuseOthers(special);
          return special;
        });
    return special;
  }

  /** The tokens of tokenizer.json that are cut out of a text are the special ones, all of them. */
  private void requireAdded(TokenizerJson stated, SpecialTokens special) {
    for (String token : stated.addedTokens()) {
      SpecialTokenNames.refuseOther(folder.tokenizer(), "added_tokens", token, special);
    }
    for (String token : special.all()) {
      if (!stated.addedTokens().contains(token)) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: added_tokens: expected all of %s, found no %s"
                .formatted(folder.tokenizer(), special.all(), quote(token)));
      }
    }
  }

  private void checkAddedTokens(Vocabulary vocabulary, SpecialTokens special) {
    Path file = folder.addedTokens();
    JsonObject json = read(file);
    for (String token : json.keys()) {
      SpecialTokenNames.refuseOther(file, "the file", token, special);
      long id = reading(file, () -> json.getLong(token));
      if (vocabulary.id(token).getAsInt() != id) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: %s: expected its id in the vocabulary, %d, found %d"
                .formatted(file, quote(token), vocabulary.id(token).getAsInt(), id));
      }
    }
  }

  private static JsonObject read(Path file) {
    byte[] bytes = TextFiles.readOfModel(file, "a tokenizer configuration", MAX_BYTES);
    return reading(file, () -> Json.parseObject(bytes));
  }

  /** Names the file where a value of it is of the wrong kind. */
  private static <T> T reading(Path file, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
    }
  }
}
