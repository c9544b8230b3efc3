package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
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
  private static final Set<String> CLASSES = Set.of("BertTokenizer", "BertTokenizerFast");

  /** Classes that do whatever tokenizer.json says. */
  private static final Set<String> GENERAL_CLASSES =
      Set.of("PreTrainedTokenizerFast", "TokenizersBackend");

  private final Path file;
  private final JsonObject json;
  private final TokenizerJson stated;

  /**
   * Makes a reader.
   *
   * @param stated what tokenizer.json states, with which the file must agree, or null
   */
  TokenizerConfigReader(Path file, JsonObject json, TokenizerJson stated) {
    this.file = file;
    this.json = json;
    this.stated = stated;
  }

  TokenizerConfig config() {
    String tokenizerClass = json.getString("tokenizer_class", "BertTokenizer");
    if (!CLASSES.contains(tokenizerClass)
        && !(stated != null && GENERAL_CLASSES.contains(tokenizerClass))) {
      throw unsupported("tokenizer_class", "BertTokenizer");
    }
    for (String key : List.of("do_basic_tokenize", "clean_text")) {
      if (!json.getBoolean(key, true)) {
        throw unsupported(key, "true");
      }
    }
    if (json.getBoolean("split_special_tokens", false)) {
      throw unsupported("split_special_tokens", "false");
    }
    for (String key : List.of("padding_side", "truncation_side")) {
      if (!json.getString(key, "right").equals("right")) {
        throw unsupported(key, quote("right"));
      }
    }
    if (json.getInt("pad_token_type_id", 0) != 0) {
      throw unsupported("pad_token_type_id", "0");
    }
    if (!json.getString("wordpieces_prefix", "##").equals("##")) {
      throw unsupported("wordpieces_prefix", quote("##"));
    }
    if (json.has("fast_tokenizer_files")
        && !json.getArray("fast_tokenizer_files")
            .toStrings()
            .equals(List.of(ModelFolder.TOKENIZER))) {
      throw unsupported("fast_tokenizer_files", ModelFolder.TOKENIZER + " alone");
    }
    TokenizerConfig base = stated == null ? TokenizerConfig.uncased() : stated.config();
    boolean lowerCase = flag("do_lower_case", base.lowerCase());
    return new TokenizerConfig(
        lowerCase,
        flag("strip_accents", stated == null ? lowerCase : base.stripAccents()),
        flag("tokenize_chinese_chars", base.chineseChars()),
        special(base.special()),
        maxLength());
  }

  private boolean flag(String key, boolean absent) {
    boolean flag = json.getBoolean(key, absent);
    if (stated != null && flag != absent) {
      throw disagrees(key, Boolean.toString(absent), Boolean.toString(flag));
    }
    return flag;
  }

  private SpecialTokens special(SpecialTokens base) {
    SpecialTokenNames names = new SpecialTokenNames(file, json);
    SpecialTokens special = names.over(base);
    for (String key : stated == null ? List.<String>of() : SpecialTokens.TOLD_BY_TOKENIZER_JSON) {
      if (!special.of(key).equals(base.of(key))) {
        throw disagrees(key + "_token", quote(base.of(key)), quote(special.of(key)));
      }
    }
    names.refuseOthers(special);
    return special;
  }

  /** Returns the bound; transformers writes "none" as 1e30 in full. */
  private int maxLength() {
    double value = json.getDouble("model_max_length", Double.MAX_VALUE);
    if (!(value >= 1) || value != Math.rint(value)) {
      throw json.expected("model_max_length", "a whole number from 1");
    }
    return (int) Math.min(value, Integer.MAX_VALUE);
  }

  private ModelException disagrees(String key, String expected, String found) {
    return new ModelException(
        Kind.MISMATCH,
        "%s: %s: expected %s, as %s has it, found %s"
            .formatted(file, key, expected, ModelFolder.TOKENIZER, found));
  }

  private ModelException unsupported(String key, String expected) {
    return new ModelException(
        Kind.UNSUPPORTED,
        file + ": " + json.expected(key, expected).getMessage() + ", which is not supported");
  }
}
