package io.github.visualbert.cli.tokenize;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.text.Padding;
import io.github.visualbert.text.Truncation;
import java.util.List;
import java.util.function.Function;

/**
 * One line of a file of texts to encode, with the names of transformers: {@code text} and
 * optionally {@code pair}, or {@code texts} and optionally {@code pairs} for a batch; {@code
 * do_lower_case}, {@code truncation}, {@code max_length}, {@code padding}, {@code
 * pad_to_multiple_of}.
 */
final class TokenizeRequest {
  private final JsonObject request;

  TokenizeRequest(JsonObject request) {
    this.request = request;
  }

  /** Returns the {@code do_lower_case} of the request, or the default. */
  boolean lowerCase(boolean absent) {
    return request.getBoolean("do_lower_case", absent);
  }

  /**
   * Encodes the texts and writes the answer's fields: lists, or lists of lists for a batch.
   *
   * @throws JsonException when the request is invalid
   * @throws InputException when its fields contradict each other, or the texts cannot be truncated
   *     as asked
   */
  void answer(BertTokenizer tokenizer, JsonWriter answer) {
    if (request.has("text") == request.has("texts")) {
      throw invalid("expected either text or texts");
    }
    boolean batch = request.has("texts");
    if (request.has(batch ? "pair" : "pairs")) {
      throw invalid(
          batch ? "texts go with pairs, not with pair" : "text goes with pair, not with pairs");
    }
    Truncation truncation = truncation();
    Padding padding = padding();
    if (batch) {
      List<String> texts = request.getArray("texts").toStrings();
      List<String> pairs = request.has("pairs") ? request.getArray("pairs").toStrings() : null;
      if (pairs != null && pairs.size() != texts.size()) {
        throw invalid(
            "%d texts and %d pairs, expected as many".formatted(texts.size(), pairs.size()));
      }
      write(tokenizer.encodeBatch(texts, pairs, truncation, padding), true, answer);
    } else {
      write(
          List.of(
              tokenizer.encode(
                  request.getString("text"), request.getString("pair", null), truncation, padding)),
          false,
          answer);
    }
  }

  /**
   * Writes {@code tokens}, {@code input_ids}, {@code token_type_ids} and {@code attention_mask}.
   */
  static void write(List<Encoding> encodings, boolean batch, JsonWriter answer) {
    answer.name("tokens");
    begin(batch, answer);
    for (Encoding encoding : encodings) {
      answer.beginArray();
      encoding.tokens().forEach(answer::value);
      answer.endArray();
    }
    end(batch, answer);
    writeInts("input_ids", encodings, Encoding::ids, batch, answer);
    writeInts("token_type_ids", encodings, Encoding::tokenTypeIds, batch, answer);
    writeInts("attention_mask", encodings, Encoding::attentionMask, batch, answer);
  }

  private static void writeInts(
      String name,
      List<Encoding> encodings,
      Function<Encoding, int[]> field,
      boolean batch,
      JsonWriter answer) {
    answer.name(name);
    begin(batch, answer);
    for (Encoding encoding : encodings) {
      answer.beginArray();
      for (int value : field.apply(encoding)) {
        answer.value(value);
      }
      answer.endArray();
    }
    end(batch, answer);
  }

  private static void begin(boolean batch, JsonWriter answer) {
    if (batch) {
      answer.beginArray();
    }
  }

  private static void end(boolean batch, JsonWriter answer) {
    if (batch) {
      answer.endArray();
    }
  }

  private Truncation truncation() {
    return switch (named("truncation", "longest_first", "do_not_truncate")) {
      case "do_not_truncate" -> Truncation.none();
      case "longest_first" -> Truncation.longestFirst(maxLength("truncation"));
      case "only_first" -> Truncation.onlyFirst(maxLength("truncation"));
      case "only_second" -> Truncation.onlySecond(maxLength("truncation"));
      default ->
          throw request.expected(
              "truncation", "longest_first, only_first, only_second or do_not_truncate");
    };
  }

  private Padding padding() {
    Padding padding =
        switch (named("padding", "longest", "do_not_pad")) {
          case "do_not_pad" -> Padding.none();
          case "longest" -> Padding.longest();
          case "max_length" -> Padding.toLength(maxLength("padding"));
          default -> throw request.expected("padding", "longest, max_length or do_not_pad");
        };
    if (!request.has("pad_to_multiple_of")) {
      return padding;
    }
    return padding.toMultipleOf(atLeastOne("pad_to_multiple_of"));
  }

  /** Returns a setting that transformers takes by name, or as true or false. */
  private String named(String key, String ifTrue, String ifFalse) {
    JsonValue value = request.get(key);
    if (value instanceof JsonValue.Bool(boolean truth)) {
      return truth ? ifTrue : ifFalse;
    }
    return request.getString(key, ifFalse);
  }

  private int maxLength(String reader) {
    if (!request.has("max_length")) {
      throw invalid("this " + reader + " needs max_length");
    }
    return atLeastOne("max_length");
  }

  private static InputException invalid(String problem) {
    return new InputException(Kind.MALFORMED, problem);
  }

  private int atLeastOne(String key) {
    int value = request.getInt(key);
    if (value < 1) {
      throw request.expected(key, "at least 1");
    }
    return value;
  }
}
