package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of every kind, which are read apart where they are not ASCII. */
class VocabularyReaderTest {
  @TempDir private Path folder;

  @Test
  void linesOfAllEndingsAndEncodingsMayMix() throws IOException {
    assertThat(read("a\r\né\r\n\ud83e\udd92\n東\r\nb"))
        .containsExactly("a", "é", "\ud83e\udd92", "東", "b");
    assertThat(read("é")).containsExactly("é");
    assertThat(read("é\n")).containsExactly("é");
    assertThat(read("a\n\ufeff\n")).containsExactly("a", "\ufeff");
  }

  @Test
  void theReplacementCharacterIsATokenLikeOthersWhereItIsInTheFile() throws IOException {
    assertThat(read("\ufffd\na\ufffd\r\n")).containsExactly("\ufffd", "a\ufffd");
    refused(
        new byte[] {'a', '\n', (byte) 0xef, (byte) 0xbf, (byte) 0xbd, (byte) 0xff},
        "line 2 is not UTF-8");
    refused(new byte[] {(byte) 0xc3, '\n', (byte) 0xa9, '\n'}, "line 1 is not UTF-8");
    refused(new byte[] {(byte) 0xc0, (byte) 0x8a}, "line 1 is not UTF-8");
  }

  @Test
  void aCarriageReturnStandsBeforeANewlineOnly() throws IOException {
    refused("a\n\r\r\nb".getBytes(StandardCharsets.UTF_8), "line 2 has a carriage return");
    refused("a\nb\r".getBytes(StandardCharsets.UTF_8), "line 2 has a carriage return");
    refused("é\ré\n".getBytes(StandardCharsets.UTF_8), "line 1 has a carriage return");
    refused("é\n\r\n".getBytes(StandardCharsets.UTF_8), "line 2 is empty");
    refused("é\n\n".getBytes(StandardCharsets.UTF_8), "line 2 is empty");
  }

  @Test
  void aTokenThatComesTwiceIsToldFromItsLikes() throws IOException {
    refused(
        "é\n##é\né\r\n".getBytes(StandardCharsets.UTF_8), "\"é\" is on line 1 and again on line 3");
    assertThat(read("é\n##é\ne\u0301\n")).hasSize(3);
  }

  @Test
  void linesAreManyAndShortOrFewAndLong() throws IOException {
    List<String> tokens = new ArrayList<>();
    for (int i = 1; i < 5000; i++) {
      tokens.add(Character.toString(i < '\r' ? i + 0x4e00 : i + 'z'));
    }
    assertThat(read(String.join("\n", tokens))).isEqualTo(tokens);
    String longToken = "ü".repeat(1 << 20);
    assertThat(read("a\n" + longToken + "\nb\n")).containsExactly("a", longToken, "b");
  }

  @Test
  void aLongTokenIsFoundInAWord() throws IOException {
    String word = "\ud83e\udd92".repeat(WordPiece.MAX_CODE_POINTS);
    String rest = "##" + "y".repeat(WordPiece.MAX_CODE_POINTS - 1);
    Files.writeString(
        folder.resolve("vocab.txt"),
        String.join("\n", "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]", "x", rest, word, "##x"));
    BertTokenizer tokenizer = BertTokenizer.open(folder);
    assertThat(ids(tokenizer, word)).containsExactly(7);
    assertThat(ids(tokenizer, word + "x")).containsExactly(0);
    assertThat(ids(tokenizer, "x" + rest.substring(2))).containsExactly(5, 6);
    assertThat(ids(tokenizer, "xxx" + rest.substring(4))).containsExactly(0);
    assertThat(ids(tokenizer, "xxx")).containsExactly(5, 8, 8);
  }

  private static List<Integer> ids(BertTokenizer tokenizer, String text) {
    Tokens tokens = tokenizer.tokenize(text);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      ids.add(tokens.id(i));
    }
    return ids;
  }

  private List<String> read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("vocab.txt"), text);
    TokenTable table = VocabularyReader.read(file);
    List<String> tokens = new ArrayList<>();
    for (int id = 0; id < table.size(); id++) {
      tokens.add(table.token(id));
    }
    return tokens;
  }

  private void refused(byte[] bytes, String message) throws IOException {
    Path file = Files.write(folder.resolve("vocab.txt"), bytes);
    assertThatThrownBy(() -> VocabularyReader.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }
}
