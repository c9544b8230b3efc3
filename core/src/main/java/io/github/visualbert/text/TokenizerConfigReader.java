package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code tokenizer_config.json} as {@code save_pretrained} of transformers 2 to 5 writes it.
 * Settings under which the reference would give other ids than this tokenizer are refused, never
 * ignored.
 */
final class TokenizerConfigReader {
  private static final int MAX_BYTES = 1 << 20;
  private static final Set<String> CLASSES = Set.of("BertTokenizer", "BertTokenizerFast");

  private final Path file;

  TokenizerConfigReader(Path file) {
    this.file = file;
  }

  TokenizerConfig read() {
    byte[] bytes = InputFiles.readOfModel(file, "a tokenizer configuration", MAX_BYTES);
    try {
      return config(Json.parseObject(bytes));
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
    }
  }

  private TokenizerConfig config(JsonObject json) {
    String tokenizerClass = json.getString("tokenizer_class", "BertTokenizer");
    if (!CLASSES.contains(tokenizerClass)) {
      throw unsupported(json, "tokenizer_class", "BertTokenizer");
    }
    for (String key : List.of("do_basic_tokenize", "clean_text")) {
      if (!json.getBoolean(key, true)) {
        throw unsupported(json, key, "true");
      }
    }
    for (String key : List.of("padding_side", "truncation_side")) {
      if (!json.getString(key, "right").equals("right")) {
        throw unsupported(json, key, quote("right"));
      }
    }
    if (!json.getString("wordpieces_prefix", "##").equals("##")) {
      throw unsupported(json, "wordpieces_prefix", quote("##"));
    }
    boolean lowerCase = json.getBoolean("do_lower_case", true);
    SpecialTokens names = SpecialTokens.DEFAULT;
    SpecialTokens special =
        new SpecialTokens(
            specialToken(json, "unk_token", names.unk()),
            specialToken(json, "sep_token", names.sep()),
            specialToken(json, "pad_token", names.pad()),
            specialToken(json, "cls_token", names.cls()),
            specialToken(json, "mask_token", names.mask()));
    refuseOtherTokens(json, special);
    return new TokenizerConfig(
        lowerCase,
        json.getBoolean("strip_accents", lowerCase),
        json.getBoolean("tokenize_chinese_chars", true),
        special,
        maxLength(json));
  }

  /**
   * Returns a special token, which is a string or, from a fast tokenizer, an object with the string
   * and how to match it.
   */
  private String specialToken(JsonObject json, String key, String absent) {
    return json.get(key) instanceof JsonObject token
        ? addedToken(key, token)
        : json.getString(key, absent);
  }

  private String addedToken(String key, JsonObject token) {
    for (String flag : List.of("lstrip", "rstrip", "single_word")) {
      if (token.getBoolean(flag, false)) {
        throw new ModelException(
            Kind.UNSUPPORTED,
            "%s: %s has %s set, which is not supported".formatted(file, key, flag));
      }
    }
    return token.getString("content");
  }

  /** Refuses special tokens other than BERT's, which the reference would not split. */
  private void refuseOtherTokens(JsonObject json, SpecialTokens special) {
    if (json.has("added_tokens_decoder")) {
      JsonObject tokens = json.getObject("added_tokens_decoder");
      for (String id : tokens.keys()) {
        refuseOther(
            "added_tokens_decoder",
            addedToken("added_tokens_decoder", tokens.getObject(id)),
            special);
      }
    }
    for (String key : List.of("additional_special_tokens", "extra_special_tokens", "never_split")) {
      switch (json.get(key)) {
        case JsonObject tokens ->
            tokens.keys().forEach(name -> refuseOther(key, tokens.getString(name), special));
        case null, default -> {
          if (json.has(key)) {
            json.getArray(key).toStrings().forEach(token -> refuseOther(key, token, special));
          }
        }
      }
    }
  }

  private void refuseOther(String key, String token, SpecialTokens special) {
    if (!special.all().contains(token)) {
      throw new ModelException(
          Kind.UNSUPPORTED,
          "%s: %s has %s; expected no special tokens besides %s"
              .formatted(file, key, quote(token), special.all()));
    }
  }

  /** Returns the bound; transformers writes "none" as 1e30 in full. */
  private static int maxLength(JsonObject json) {
    double value = json.getDouble("model_max_length", Double.MAX_VALUE);
    if (!(value >= 1) || value != Math.rint(value)) {
      throw json.expected("model_max_length", "a whole number from 1");
    }
    return (int) Math.min(value, Integer.MAX_VALUE);
  }

  private ModelException unsupported(JsonObject json, String key, String expected) {
    return new ModelException(
        Kind.UNSUPPORTED,
        file + ": " + json.expected(key, expected).getMessage() + ", which is not supported");
  }
}
