package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The special tokens as {@code tokenizer_config.json} and {@code special_tokens_map.json} name
 * them, each a string or an object with the string and how to match it.
 */
final class SpecialTokenNames {
  private static final String ENDING = "_token";

  private final Path file;
  private final JsonObject json;

  SpecialTokenNames(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
  }

  /** Returns the names, those of {@code absent} where the file does not state them. */
  SpecialTokens over(SpecialTokens absent) {
    return new SpecialTokens(
        name("unk", absent.unk()),
        name("sep", absent.sep()),
        name("pad", absent.pad()),
        name("cls", absent.cls()),
        name("mask", absent.mask()));
  }

  private String name(String token, String absent) {
    String key = token + ENDING;
    return json.get(key) instanceof JsonObject added
        ? AddedToken.content(file, key, added)
        : json.getString(key, absent);
  }

  /** Refuses tokens besides those of BERT that the reference would cut out of a text. */
  void refuseOthers(SpecialTokens special) {
    if (json.has("added_tokens_decoder")) {
      JsonObject tokens = json.getObject("added_tokens_decoder");
      for (String id : tokens.keys()) {
        String key = "added_tokens_decoder";
        refuseOther(file, key, AddedToken.content(file, key, tokens.getObject(id)), special);
      }
    }
    for (String key : List.of("additional_special_tokens", "extra_special_tokens", "never_split")) {
      switch (json.get(key)) {
        case JsonObject tokens ->
            tokens.keys().forEach(name -> refuseOther(file, key, tokens.getString(name), special));
        case null, default -> {
          if (json.has(key)) {
            json.getArray(key).toStrings().forEach(token -> refuseOther(file, key, token, special));
          }
        }
      }
    }
    // The reference cuts out whatever is called a token: bos_token, image_token.
    for (Map.Entry<String, JsonValue> member : json.members().entrySet()) {
      String key = member.getKey();
      if (key.endsWith(ENDING)) {
        switch (member.getValue()) {
          case JsonValue.Text(String token) -> refuseOther(file, key, token, special);
          case JsonObject token ->
              refuseOther(file, key, AddedToken.content(file, key, token), special);
          default -> {}
        }
      }
    }
  }

  /**
   * Refuses a token that is none of BERT's.
   *
   * @throws ModelException of kind UNSUPPORTED
   */
  static void refuseOther(Path file, String key, String token, SpecialTokens special) {
    if (!special.all().contains(token)) {
      throw new ModelException(
          Kind.UNSUPPORTED,
          "%s: %s has %s; expected no special tokens besides %s"
              .formatted(file, key, quote(token), special.all()));
    }
  }
}
