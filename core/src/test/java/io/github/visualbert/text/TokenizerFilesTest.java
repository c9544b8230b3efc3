package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of a tokenizer as transformers leaves them: its ids, or a refusal that says why. */
class TokenizerFilesTest {
  private static final List<JsonObject> FOLDERS =
      TokenizerGoldens.lines(TokenizerGoldens.TESTDATA.resolve("tokenizer/folders.jsonl"));

  @TempDir private Path folder;

  static List<String> folders() {
    return FOLDERS.stream().map(row -> row.getString("name")).toList();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void givesTheIdsOfTransformers(String name) throws IOException {
    JsonObject row = folder(name);
    write(row.getObject("files"));
    BertTokenizer tokenizer = BertTokenizer.open(folder);
    JsonArray texts = row.getArray("texts");
    for (int i = 0; i < texts.size(); i++) {
      List<String> text = texts.getArray(i).toStrings();
      Encoding encoding = tokenizer.encode(text.getFirst(), text.size() > 1 ? text.get(1) : null);
      assertThat(encoding.ids())
          .as(text.toString())
          .isEqualTo(TokenizerGoldens.ints(row.getArray("ids").getArray(i)));
    }
  }

  @Test
  void takesTheLengthFromItsConfiguration() throws IOException {
    write(folder("transformers 5").getObject("files"));
    assertThat(BertTokenizer.open(folder).config().maxLength()).isEqualTo(64);
    write(folder("alone").getObject("files"));
    Files.delete(folder.resolve("tokenizer_config.json"));
    assertThat(BertTokenizer.open(folder).config()).isEqualTo(TokenizerConfig.uncased());
  }

  /** What is replaced in tokenizer.json by what, and what is then said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"WordPiece\",\"unk | \"BPE\",\"unk | model.type: expected \"WordPiece\", found \"BPE\"",
        "\"type\":\"WordPiece\",\"unk | \"merges\":[],\"unk | model.type: expected a string",
        "\"##\",\"max | \"_\",\"max | model.continuing_subword_prefix: expected \"##\", found",
        "word\":100 | word\":99 | model.max_input_chars_per_word: expected 100, found 99",
        "\"BertNormalizer\" | \"NFC\" | normalizer.type: expected \"BertNormalizer\", found",
        "\"clean_text\":true | \"clean_text\":false | normalizer.clean_text: expected true, found",
        "\"lowercase\":true | \"lowercase\":1 | normalizer.lowercase: expected true or false",
        "{\"type\":\"BertPreTokenizer\"} | null | pre_tokenizer: expected BertPreTokenizer, found",
        "\"BertPreTokenizer\" | \"Whitespace\" | pre_tokenizer.type: expected \"BertPreTokenizer\"",
        "\"TemplateProcessing\" | \"RobertaProcessing\" | expected TemplateProcessing or BertProc",
        "\"B\",\"type_id\":1 | \"B\",\"type_id\":0 | post_processor.pair: expected \"[CLS]:0 A:0",
        "\"single\":[{ | \"single\":[{\"Sequence\":{\"id\":\"B\",\"type_id\":0}},{ |"
            + " post_processor.single: expected \"B:0 A:0 [SEP]:0\", found \"B:0 [CLS]:0 A:0 [SEP]",
        "\"ids\":[2] | \"ids\":[3] | post_processor: expected the id of \"[CLS]\" in the"
            + " vocabulary, 2",
        "\"id\":4,\"content\":\"[MASK]\" | \"id\":5,\"content\":\"[MASK]\" | added_tokens: expected"
            + " the id",
        "\"content\":\"[MASK]\" | \"content\":\"<x>\" | added_tokens has \"<x>\", which is not in"
            + " the",
        "\"id\":4,\"content\":\"[MASK]\" | \"id\":6,\"content\":\"ring\" | added_tokens has"
            + " \"ring\"; expected no special tokens besides",
        "\"normalized\":false | \"normalized\":true | added_tokens has normalized set",
        "\"lstrip\":false | \"lstrip\":true | added_tokens has lstrip set, which is not supported",
        "\"a\":5 | \"a\":6 | model.vocab: the id 6 is that of \"a\" and of \"ring\"",
        "\"a\":5 | \"a\":28 | model.vocab: expected the 28 ids from 0, found 28 for \"a\"",
        "\"a\":5 | \"\":5 | model.vocab: the id 5 is that of an empty token",
        "\"truncation\":null | \"truncation\":{\"direction\":\"Left\"} | truncation.direction:"
            + " expected",
        "\"padding\":null | \"padding\":{\"direction\":\"Right\",\"pad_type_id\":1} |"
            + " padding.pad_type_id",
        "\"unk_token\":\"[UNK]\" | \"unk_token\":\"a\" | expected no special tokens besides [a,"
            + " [SEP]",
        "\"version\" | version | line 1",
      })
  void refusesByItsNameWhatWouldGiveOtherIds(String part, String other, String message)
      throws IOException {
    write(folder("alone").getObject("files"));
    Path file = folder.resolve("tokenizer.json");
    String stated = Files.readString(file);
    assertThat(stated).contains(part);
    Files.writeString(file, stated.replace(part, other));
    assertThatThrownBy(() -> BertTokenizer.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesATokenizerWithoutAllSpecialTokens() throws IOException {
    write(folder("another mask").getObject("files"));
    Files.delete(folder.resolve("tokenizer_config.json"));
    refused(Kind.UNSUPPORTED, "tokenizer.json: added_tokens has \"<m>\"; expected no special");
    Path file = folder.resolve("tokenizer.json");
    String stated = Files.readString(file);
    int start = stated.lastIndexOf(",{\"id\":22,\"content\":\"<m>\"");
    Files.writeString(
        file, stated.substring(0, start) + stated.substring(stated.indexOf('}', start) + 1));
    refused(
        Kind.MISMATCH,
        "tokenizer.json: added_tokens: expected all of [[UNK], [SEP], [PAD], [CLS], [MASK]], found"
            + " no \"[MASK]\"");
  }

  /** Each would change the ids of the reference, in favour of one file or the other. */
  @Test
  void refusesFilesThatContradictEachOther() throws IOException {
    String saved = "as tokenizer.json has it, found ";
    refused(
        "tokenizer_config.json",
        "{\"do_lower_case\": false}",
        "tokenizer_config.json: do_lower_case: expected true, " + saved + "false");
    refused(
        "tokenizer_config.json",
        "{\"strip_accents\": false}",
        "tokenizer_config.json: strip_accents: expected true, " + saved + "false");
    refused(
        "tokenizer_config.json",
        "{\"tokenize_chinese_chars\": false}",
        "tokenizer_config.json: tokenize_chinese_chars: expected true, " + saved + "false");
    refused(
        "tokenizer_config.json",
        "{\"sep_token\": \"a\"}",
        "tokenizer_config.json: sep_token: expected \"[SEP]\", " + saved + "\"a\"");
    refused(
        "special_tokens_map.json",
        "{\"cls_token\": {\"content\": \"a\"}}",
        "special_tokens_map.json: cls_token: expected \"[CLS]\", " + saved + "\"a\"");
    refused(
        "special_tokens_map.json",
        "{\"additional_special_tokens\": [\"ring\"]}",
        "special_tokens_map.json: additional_special_tokens has \"ring\"; expected no special");
    refused(
        "special_tokens_map.json",
        "{\"mask_token\": 1}",
        "special_tokens_map.json: mask_token: expected a string");
    refused(
        "added_tokens.json",
        "{\"ring\": 6}",
        "added_tokens.json: the file has \"ring\"; expected no special tokens besides");
    refused(
        "added_tokens.json",
        "{\"[MASK]\": 30}",
        "added_tokens.json: \"[MASK]\": expected its id in the vocabulary, 4, found 30");
    refused(
        "added_tokens.json",
        "{\"[MASK]\": \"4\"}",
        "added_tokens.json: [MASK]: expected an integer");
  }

  @Test
  void refusesAMapThatContradictsTheConfiguration() throws IOException {
    Files.copy(TokenizerGoldens.FOLDER.resolve("vocab.txt"), folder.resolve("vocab.txt"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"mask_token\": \"[MASK]\"}");
    Files.writeString(folder.resolve("special_tokens_map.json"), "{\"mask_token\": \"[PAD]\"}");
    refused(
        Kind.MISMATCH,
        "special_tokens_map.json: mask_token: expected \"[MASK]\", as tokenizer_config.json has it,"
            + " found \"[PAD]\"");
  }

  @Test
  void saysWhatAFolderWithoutAVocabularyNeeds() {
    refused(
        Kind.UNREADABLE,
        folder
            + ": expected vocab.txt or tokenizer.json, found neither; models of the authors were"
            + " trained with the vocabulary of bert-base-uncased: put its vocab.txt there,"
            + " or run `visualbert convert "
            + folder
            + " NEW --vocab vocab.txt`");
  }

  private static JsonObject folder(String name) {
    return FOLDERS.stream().filter(r -> r.getString("name").equals(name)).findFirst().orElseThrow();
  }

  private void write(JsonObject files) throws IOException {
    for (Map.Entry<String, JsonValue> file : files.members().entrySet()) {
      Files.writeString(
          folder.resolve(file.getKey()),
          file.getValue() instanceof JsonValue.Text(String text)
              ? text
              : new JsonWriter().value(file.getValue()).toString());
    }
  }

  /** Adds a file to a tokenizer.json, and takes it away again. */
  private void refused(String name, String content, String message) throws IOException {
    write(folder("alone").getObject("files"));
    Path file = Files.writeString(folder.resolve(name), content);
    List<Throwable> refusals = new ArrayList<>();
    try {
      BertTokenizer.open(folder);
    } catch (ModelException e) {
      refusals.add(e);
    }
    Files.delete(file);
    assertThat(refusals)
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .contains(message);
  }

  private void refused(Kind kind, String message) {
    assertThatThrownBy(() -> BertTokenizer.open(folder))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }
}
