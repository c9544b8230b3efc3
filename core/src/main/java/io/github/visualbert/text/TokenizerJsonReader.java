package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code tokenizer.json}, in which Hugging Face tokenizers keeps a tokenizer with its
 * vocabulary, and transformers 5 the one of a model.
 *
 * <p>The parts that BERT's tokenizer is made of are read; any other part, and any setting under
 * which it would give other ids than this tokenizer, is refused by its name. Only what has no part
 * in the ids is passed over: the decoder, and to what length texts were cut and filled up last.
 */
final class TokenizerJsonReader {
  /** Eight times the file of BERT's largest vocabulary. */
  private static final int MAX_BYTES = 16 << 20;

  private static final String SINGLE = "%s:0 A:0 %s:0";
  private static final String PAIR = SINGLE + " B:1 %2$s:1";

  private final Path file;

  TokenizerJsonReader(Path file) {
    this.file = file;
  }

  TokenizerJson read() {
    byte[] bytes = TextFiles.readOfModel(file, "a tokenizer", MAX_BYTES);
    try {
      return tokenizer(Json.parseObject(bytes));
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
    }
  }

  private TokenizerJson tokenizer(JsonObject json) {
    JsonObject model = part(json, "model", "WordPiece");
    require(model, "continuing_subword_prefix", "##");
    if (model.getInt("max_input_chars_per_word") != WordPiece.MAX_CODE_POINTS) {
      throw unsupported(
          model, "max_input_chars_per_word", Integer.toString(WordPiece.MAX_CODE_POINTS));
    }
    Vocabulary vocabulary = vocabulary(model);
    JsonObject normalizer = part(json, "normalizer", "BertNormalizer");
    if (!normalizer.getBoolean("clean_text")) {
      throw unsupported(normalizer, "clean_text", "true");
    }
    boolean lowerCase = normalizer.getBoolean("lowercase");
    part(json, "pre_tokenizer", "BertPreTokenizer");
    TokenizerConfig config =
        new TokenizerConfig(
            lowerCase,
            normalizer.getBoolean("strip_accents", lowerCase),
            normalizer.getBoolean("handle_chinese_chars"),
            special(json, model.getString("unk_token"), vocabulary),
            Integer.MAX_VALUE);
    return new TokenizerJson(vocabulary, config, addedTokens(json, vocabulary));
  }

  /** Returns a part, which must be of a type; a model may lack the type, as older ones do. */
  private JsonObject part(JsonObject json, String key, String type) {
    if (!json.has(key)) {
      throw unsupported(json, key, type);
    }
    JsonObject part = json.getObject(key);
    boolean untyped = key.equals("model") && !part.has("type") && !part.has("merges");
    if (!untyped) {
      require(part, "type", type);
    }
    return part;
  }

  private void require(JsonObject json, String key, String value) {
    if (!json.getString(key).equals(value)) {
      throw unsupported(json, key, quote(value));
    }
  }

  private Vocabulary vocabulary(JsonObject model) {
    Map<String, JsonValue> ids = model.getObject("vocab").members();
    String[] tokens = new String[ids.size()];
    ids.forEach(
        (token, value) -> {
          if (!(value instanceof JsonValue.Int(long id)) || id < 0 || id >= tokens.length) {
            throw malformed(
                "model.vocab: expected the %d ids from 0, found %s for %s"
                    .formatted(tokens.length, value.describe(), quote(token)));
          }
          if (tokens[(int) id] != null || token.isEmpty()) {
            throw malformed(
                "model.vocab: the id %d is that of %s"
                    .formatted(
                        id,
                        token.isEmpty()
                            ? "an empty token"
                            : quote(tokens[(int) id]) + " and of " + quote(token)));
          }
          tokens[(int) id] = token;
        });
    if (tokens.length == 0) {
      throw malformed("model.vocab: is empty");
    }
    return Vocabulary.of(Arrays.asList(tokens), file.toString());
  }

  /** Returns the names that the file tells; that of the mask is told by its configuration alone. */
  private SpecialTokens special(JsonObject json, String unk, Vocabulary vocabulary) {
    SpecialTokens usual = SpecialTokens.DEFAULT;
    requireRight(json, "truncation");
    String pad = usual.pad();
    if (json.has("padding")) {
      JsonObject padding = requireRight(json, "padding");
      pad = padding.getString("pad_token", pad);
      if (padding.getInt("pad_type_id", 0) != 0) {
        throw unsupported(padding, "pad_type_id", "0");
      }
    }
    if (!json.has("post_processor")) {
      throw unsupported(json, "post_processor", "TemplateProcessing or BertProcessing");
    }
    JsonObject processor = json.getObject("post_processor");
    return switch (processor.getString("type")) {
      case "BertProcessing" ->
          new SpecialTokens(
              unk,
              tokenAndId(processor, "sep", vocabulary),
              pad,
              tokenAndId(processor, "cls", vocabulary),
              usual.mask());
      case "TemplateProcessing" -> {
        String[] single = pieces(processor, "single").split(" ");
        String cls = name(single[0]);
        String sep = name(single[single.length - 1]);
        requirePieces(processor, "single", SINGLE.formatted(cls, sep));
        requirePieces(processor, "pair", PAIR.formatted(cls, sep));
        requireIds(processor, cls, vocabulary);
        requireIds(processor, sep, vocabulary);
        yield new SpecialTokens(unk, sep, pad, cls, usual.mask());
      }
      default -> throw unsupported(processor, "type", "TemplateProcessing or BertProcessing");
    };
  }

  private JsonObject requireRight(JsonObject json, String key) {
    if (!json.has(key)) {
      return null;
    }
    JsonObject length = json.getObject(key);
    require(length, "direction", "Right");
    return length;
  }

  private String tokenAndId(JsonObject processor, String key, Vocabulary vocabulary) {
    JsonArray pair = processor.getArray(key);
    if (pair.size() != 2) {
      throw processor.expected(key, "a token and its id");
    }
    String token = pair.getString(0);
    requireId("post_processor." + key, token, pair.getLong(1), vocabulary);
    return token;
  }

  private static String name(String piece) {
    int colon = piece.lastIndexOf(':');
    return colon > 0 ? piece.substring(0, colon) : SpecialTokens.DEFAULT.cls();
  }

  /** Returns a template in short: {@code [CLS]:0 A:0 [SEP]:0}. */
  private static String pieces(JsonObject processor, String key) {
    JsonArray template = processor.getArray(key);
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < template.size(); i++) {
      JsonObject piece = template.getObject(i);
      JsonObject what = piece.getObject(piece.has("SpecialToken") ? "SpecialToken" : "Sequence");
      pieces.add(what.getString("id") + ":" + what.getInt("type_id"));
    }
    return String.join(" ", pieces);
  }

  private void requirePieces(JsonObject processor, String key, String expected) {
    String found = pieces(processor, key);
    if (!found.equals(expected)) {
      throw refuse(
          "post_processor.%s: expected %s, found %s".formatted(key, quote(expected), quote(found)));
    }
  }

  private void requireIds(JsonObject processor, String token, Vocabulary vocabulary) {
    JsonArray ids = processor.getObject("special_tokens").getObject(token).getArray("ids");
    if (ids.size() != 1) {
      throw refuse("post_processor: expected one id for " + quote(token));
    }
    requireId("post_processor", token, ids.getLong(0), vocabulary);
  }

  private void requireId(String where, String token, long id, Vocabulary vocabulary) {
    int found = vocabulary.id(token).orElse(-1);
    if (found != id) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: %s: expected the id of %s in the vocabulary, %s, found %d"
              .formatted(file, where, quote(token), found < 0 ? "which has none" : found, id));
    }
  }

  /** Returns the tokens that are cut out of a text before it is split into words. */
  private List<String> addedTokens(JsonObject json, Vocabulary vocabulary) {
    List<String> added = new ArrayList<>();
    JsonArray tokens = json.getArray("added_tokens");
    for (int i = 0; i < tokens.size(); i++) {
      String token = AddedToken.content(file, "added_tokens", tokens.getObject(i));
      if (vocabulary.id(token).isEmpty()) {
        throw refuse("added_tokens has %s, which is not in the vocabulary".formatted(quote(token)));
      }
      requireId("added_tokens", token, tokens.getObject(i).getLong("id"), vocabulary);
      added.add(token);
    }
    return added;
  }

  private ModelException malformed(String what) {
    return new ModelException(Kind.MALFORMED, file + ": " + what);
  }

  private ModelException refuse(String what) {
    return new ModelException(Kind.UNSUPPORTED, file + ": " + what + ", which is not supported");
  }

  private ModelException unsupported(JsonObject json, String key, String expected) {
    return refuse(json.expected(key, expected).getMessage());
  }
}
