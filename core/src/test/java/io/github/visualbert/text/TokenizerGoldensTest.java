package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.text.Truncation.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Every answer of the reference in testdata, to the id. */
class TokenizerGoldensTest {
  private final BertTokenizer uncased = TokenizerGoldens.tokenizer(true);
  private final BertTokenizer cased = TokenizerGoldens.tokenizer(false);

  @Test
  void singleRequestsAreAnsweredAsByTheReference() {
    List<String> failures = new ArrayList<>();
    List<JsonObject> cases = TokenizerGoldens.lines(TokenizerGoldens.FOLDER.resolve("cases.jsonl"));
    for (JsonObject row : cases) {
      compare(failures, row, expectedSingle(row), single(row));
    }
    assertThat(cases).hasSize(637);
    assertThat(failures).isEmpty();
  }

  @Test
  void batchesAreAnsweredAsByTheReference() {
    List<String> failures = new ArrayList<>();
    List<JsonObject> batches =
        TokenizerGoldens.lines(TokenizerGoldens.FOLDER.resolve("batches.jsonl"));
    for (JsonObject row : batches) {
      compare(failures, row, expectedBatch(row), batch(row));
    }
    assertThat(batches).hasSize(15);
    assertThat(failures).isEmpty();
  }

  @Test
  void randomTextsGiveTheIdsAndOffsetsOfTheReferenceUnderEverySetting() {
    List<String> failures = new ArrayList<>();
    int compared = 0;
    Vocabulary vocabulary = TokenizerGoldens.vocabulary();
    List<JsonObject> cases =
        TokenizerGoldens.lines(TokenizerGoldens.TESTDATA.resolve("tokenizer/texts.jsonl"));
    for (JsonObject row : cases) {
      TokenizerConfig config =
          new TokenizerConfig(
              row.getBoolean("lower_case"),
              row.getBoolean("strip_accents"),
              row.getBoolean("chinese_chars"),
              TokenizerConfig.SpecialTokens.DEFAULT,
              Integer.MAX_VALUE);
      Tokens tokens = new BertTokenizer(vocabulary, config).tokenize(row.getString("text"));
      List<Integer> ids = new ArrayList<>();
      List<Integer> offsets = new ArrayList<>();
      for (int i = 0; i < tokens.size(); i++) {
        ids.add(tokens.id(i));
        offsets.add(tokens.start(i));
        offsets.add(tokens.end(i));
      }
      compare(failures, row, numbers(row, "ids"), ids.toString());
      if (!row.getBoolean("strip_accents") || !hasKeptMarks(row.getString("text"))) {
        compare(failures, row, numbers(row, "offsets"), offsets.toString());
        compared++;
      }
    }
    assertThat(cases).hasSize(600);
    assertThat(compared).isGreaterThan(400);
    assertThat(failures).isEmpty();
  }

  /** Where marks change places, the reference's offsets stay behind; ours go with them. */
  private static boolean hasKeptMarks(String text) {
    return text.codePoints().anyMatch(c -> (CodePoints.TABLE.flags(c) & CodePoints.KEPT_MARK) != 0);
  }

  private String single(JsonObject row) {
    try {
      Encoding encoding =
          tokenizer(row)
              .encode(
                  row.getString("text"),
                  row.getString("pair", null),
                  truncation(row),
                  padding(row));
      return describe(List.of(encoding), encodings -> encodings.getFirst().tokens().toString());
    } catch (InputException e) {
      return "error";
    }
  }

  private String expectedSingle(JsonObject row) {
    if (row.has("expect")) {
      return row.getString("expect");
    }
    return "%s [%s] [%s] [%s]"
        .formatted(
            row.getArray("tokens").toStrings(),
            numbers(row, "input_ids"),
            numbers(row, "token_type_ids"),
            numbers(row, "attention_mask"));
  }

  private String batch(JsonObject row) {
    List<String> pairs = row.has("pairs") ? row.getArray("pairs").toStrings() : null;
    return describe(
        tokenizer(row)
            .encodeBatch(row.getArray("texts").toStrings(), pairs, truncation(row), padding(row)),
        encodings -> "");
  }

  private String expectedBatch(JsonObject row) {
    return " %s %s %s"
        .formatted(
            nested(row, "input_ids"), nested(row, "token_type_ids"), nested(row, "attention_mask"));
  }

  private BertTokenizer tokenizer(JsonObject row) {
    return row.getBoolean("do_lower_case") ? uncased : cased;
  }

  private static Truncation truncation(JsonObject row) {
    return row.has("truncation")
        ? new Truncation(
            Strategy.valueOf(row.getString("truncation").toUpperCase(Locale.ROOT)),
            row.getInt("max_length"))
        : Truncation.none();
  }

  private static Padding padding(JsonObject row) {
    Padding padding =
        switch (row.getString("padding", "none")) {
          case "max_length" -> Padding.toLength(row.getInt("max_length"));
          case "longest" -> Padding.longest();
          default -> Padding.none();
        };
    return padding.toMultipleOf(row.getInt("pad_to_multiple_of", 1));
  }

  private static String describe(
      List<Encoding> encodings, Function<List<Encoding>, String> tokens) {
    return "%s %s %s %s"
        .formatted(
            tokens.apply(encodings),
            encodings.stream().map(encoding -> list(encoding.ids())).toList(),
            encodings.stream().map(encoding -> list(encoding.tokenTypeIds())).toList(),
            encodings.stream().map(encoding -> list(encoding.attentionMask())).toList());
  }

  private static String nested(JsonObject row, String key) {
    List<String> lists = new ArrayList<>();
    JsonArray rows = row.getArray(key);
    for (int i = 0; i < rows.size(); i++) {
      lists.add(list(TokenizerGoldens.ints(rows.getArray(i))));
    }
    return lists.toString();
  }

  private static String numbers(JsonObject row, String key) {
    return list(TokenizerGoldens.ints(row.getArray(key)));
  }

  private static String list(int[] numbers) {
    return Arrays.toString(numbers);
  }

  private static String id(JsonObject row) {
    return row.has("id")
        ? Long.toString(row.getLong("id"))
        : JsonWriter.quote(row.getString("text"));
  }

  private static void compare(
      List<String> failures, JsonObject row, String expected, String actual) {
    if (!expected.equals(actual)) {
      failures.add("row %s: expected %s, found %s".formatted(id(row), expected, actual));
    }
  }
}
