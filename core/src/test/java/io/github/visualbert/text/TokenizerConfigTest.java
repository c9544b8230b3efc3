package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerConfigTest {
  @TempDir private Path folder;

  @Test
  void theDemoModelsAreUncasedAndBounded() {
    TokenizerConfig config =
        BertTokenizer.open(TokenizerGoldens.TESTDATA.resolve("demo/vqa")).config();
    assertThat(config).isEqualTo(new TokenizerConfig(true, true, true, SpecialTokens.DEFAULT, 64));
  }

  @Test
  void whatIsNotSetIsAsInTheReference() throws IOException {
    assertThat(read("{}")).isEqualTo(TokenizerConfig.uncased());
    assertThat(
            read(
                """
                {"do_lower_case": null, "strip_accents": null, "tokenize_chinese_chars": null,
                 "mask_token": null, "model_max_length": null, "never_split": null,
                 "tokenizer_class": null, "name_or_path": "bert", "anything": [1, {}]}
                """))
        .isEqualTo(TokenizerConfig.uncased());
  }

  @Test
  void accentsFollowTheCaseUnlessTheyAreSet() throws IOException {
    assertThat(read("{\"do_lower_case\": false}")).isEqualTo(TokenizerConfig.cased());
    assertThat(read("{\"do_lower_case\": false, \"strip_accents\": true}").stripAccents()).isTrue();
    assertThat(read("{\"strip_accents\": false}").stripAccents()).isFalse();
    assertThat(read("{\"strip_accents\": false}").lowerCase()).isTrue();
    assertThat(read("{\"tokenize_chinese_chars\": false}").chineseChars()).isFalse();
  }

  @Test
  void specialTokensMayBeStringsOrObjects() throws IOException {
    SpecialTokens special =
        read("""
        {"unk_token": "<unk>",
         "mask_token": {"content": "<mask>", "lstrip": false, "normalized": false,
                        "__type": "AddedToken"},
         "added_tokens_decoder": {"0": {"content": "[PAD]", "special": true},
                                  "7": {"content": "<mask>", "special": true}},
         "additional_special_tokens": [], "never_split": ["<mask>"],
         "extra_special_tokens": {}}
        """)
            .special();
    assertThat(special).isEqualTo(new SpecialTokens("<unk>", "[SEP]", "[PAD]", "[CLS]", "<mask>"));
  }

  @Test
  void theLengthHasABoundOrNone() throws IOException {
    assertThat(read("{\"model_max_length\": 512}").maxLength()).isEqualTo(512);
    assertThat(read("{\"model_max_length\": 1000000000000000019884624838656}").maxLength())
        .isEqualTo(Integer.MAX_VALUE);
    refused(
        "{\"model_max_length\": 0}", Kind.MALFORMED, "model_max_length: expected a whole number");
    refused("{\"model_max_length\": 12.5}", Kind.MALFORMED, "model_max_length: expected a whole");
    refused(
        "{\"model_max_length\": \"512\"}", Kind.MALFORMED, "model_max_length: expected a number");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenizerConfig(true, true, true, SpecialTokens.DEFAULT, 0));
  }

  @Test
  void aFileAtFaultIsRefused() throws IOException {
    refused("", Kind.MALFORMED, "line 1");
    refused("[]", Kind.MALFORMED, "expected an object");
    refused("{\"do_lower_case\": 1}", Kind.MALFORMED, "do_lower_case: expected true or false");
    refused("{\"strip_accents\": \"no\"}", Kind.MALFORMED, "strip_accents: expected true or false");
    refused("{\"mask_token\": 103}", Kind.MALFORMED, "mask_token: expected a string");
    refused("{\"mask_token\": {}}", Kind.MALFORMED, "mask_token.content: expected a string");
    refused("{\"never_split\": \"a\"}", Kind.MALFORMED, "never_split: expected an array");
    refused("{\"additional_special_tokens\": [1]}", Kind.MALFORMED, "additional_special_tokens[0]");
    refused(
        "{\"added_tokens_decoder\": []}",
        Kind.MALFORMED,
        "added_tokens_decoder: expected an object");
    assertThatThrownBy(() -> TokenizerConfig.read(folder.resolve("absent.json")))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREADABLE))
        .hasMessageContaining(
            "absent.json: expected a tokenizer configuration, found no such file");
    Path large = TestData.sparse(folder.resolve("large.json"), 3L << 30);
    assertThatThrownBy(() -> TokenizerConfig.read(large))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessageEndingWith(
            "expected a tokenizer configuration of at most 1048576 bytes, found 3221225472");
  }

  @Test
  void aSettingThatWouldChangeIdsIsRefused() throws IOException {
    refused(
        "{\"tokenizer_class\": \"RobertaTokenizer\"}", Kind.UNSUPPORTED, "expected BertTokenizer");
    refused("{\"do_basic_tokenize\": false}", Kind.UNSUPPORTED, "do_basic_tokenize: expected true");
    refused("{\"clean_text\": false}", Kind.UNSUPPORTED, "clean_text: expected true, found false");
    refused(
        "{\"wordpieces_prefix\": \"_\"}", Kind.UNSUPPORTED, "wordpieces_prefix: expected \"##\"");
    refused("{\"padding_side\": \"left\"}", Kind.UNSUPPORTED, "padding_side: expected \"right\"");
    refused("{\"truncation_side\": \"left\"}", Kind.UNSUPPORTED, "truncation_side");
    refused("{\"split_special_tokens\": true}", Kind.UNSUPPORTED, "split_special_tokens: expected");
    refused("{\"pad_token_type_id\": 1}", Kind.UNSUPPORTED, "pad_token_type_id: expected 0");
    refused(
        "{\"fast_tokenizer_files\": [\"tokenizer.json\", \"tokenizer.4.0.json\"]}",
        Kind.UNSUPPORTED,
        "fast_tokenizer_files: expected tokenizer.json alone");
    refused(
        "{\"tokenizer_class\": \"TokenizersBackend\"}", Kind.UNSUPPORTED, "expected BertTokenizer");
    refused("{\"bos_token\": \"<s>\"}", Kind.UNSUPPORTED, "bos_token has \"<s>\"");
    refused(
        "{\"image_token\": {\"content\": \"<i>\"}}", Kind.UNSUPPORTED, "image_token has \"<i>\"");
    refused("{\"never_split\": [\"<br>\"]}", Kind.UNSUPPORTED, "never_split has \"<br>\"");
    refused("{\"additional_special_tokens\": [\"<x>\"]}", Kind.UNSUPPORTED, "has \"<x>\"");
    refused("{\"extra_special_tokens\": {\"image\": \"<i>\"}}", Kind.UNSUPPORTED, "has \"<i>\"");
    refused(
        "{\"added_tokens_decoder\": {\"9\": {\"content\": \"<x>\"}}}",
        Kind.UNSUPPORTED,
        "has \"<x>\"");
    refused(
        "{\"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true}}",
        Kind.UNSUPPORTED,
        "mask_token has lstrip set");
    refused(
        "{\"mask_token\": {\"content\": \"[MASK]\", \"normalized\": true}}",
        Kind.UNSUPPORTED,
        "mask_token has normalized set");
  }

  @Test
  void aFolderMayLackTheConfigurationButNotTheVocabulary() throws IOException {
    Files.copy(TokenizerGoldens.FOLDER.resolve("vocab.txt"), folder.resolve("vocab.txt"));
    assertThat(BertTokenizer.open(folder).config()).isEqualTo(TokenizerConfig.uncased());

    read("{\"do_lower_case\": false}");
    assertThat(BertTokenizer.open(folder).config()).isEqualTo(TokenizerConfig.cased());

    Files.delete(folder.resolve("vocab.txt"));
    assertThatThrownBy(() -> BertTokenizer.open(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected vocab.txt or tokenizer.json, found neither");
  }

  @Test
  void allSpecialTokensThatAreMissingAreNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("vocab.txt"), "[UNK]\n[CLS]\na\n[PAD]\n");
    assertThatThrownBy(() -> BertTokenizer.open(folder))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
        .hasMessage(
            "%s: the special tokens [SEP], [MASK] are not among its 4 tokens".formatted(file));
  }

  @Test
  void anyBytesGiveAConfigurationOrATypedError() throws IOException {
    Random random = new Random(11);
    byte[] original =
        Files.readAllBytes(TokenizerGoldens.TESTDATA.resolve("demo/vqa/tokenizer_config.json"));
    Path file = folder.resolve(ModelFolder.TOKENIZER_CONFIG);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = original.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
      }
      Files.write(file, bytes);
      try {
        assertThat(TokenizerConfig.read(file)).isNotNull();
      } catch (ModelException e) {
        assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
      }
    }
  }

  private TokenizerConfig read(String json) throws IOException {
    return TokenizerConfig.read(
        Files.writeString(folder.resolve(ModelFolder.TOKENIZER_CONFIG), json));
  }

  private void refused(String json, Kind kind, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(ModelFolder.TOKENIZER_CONFIG + ": ")
        .hasMessageContaining(message);
  }
}
