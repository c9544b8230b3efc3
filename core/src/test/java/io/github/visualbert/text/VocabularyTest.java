package io.github.visualbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
  @TempDir private Path folder;

  @Test
  void lineNumbersAreIds() {
    Vocabulary vocabulary = Vocabulary.read(TokenizerGoldens.FOLDER.resolve("vocab.txt"), 2164);
    assertThat(vocabulary.size()).isEqualTo(2164);
    assertThat(vocabulary.token(103)).isEqualTo("[MASK]");
    for (int id = 0; id < vocabulary.size(); id++) {
      assertThat(vocabulary.id(vocabulary.token(id))).hasValue(id);
    }
    assertThat(vocabulary.id("")).isEmpty();
    assertThat(vocabulary.id("[MASK")).isEmpty();
    assertThat(vocabulary.id("no such token")).isEmpty();
  }

  @Test
  void tokensAreFoundInTheMiddleOfAText() {
    Vocabulary vocabulary = Vocabulary.of(List.of("a", "ab", "##b", "b\ud83e\udd92"));
    assertThat(vocabulary.id("xaby", 1, 3)).hasValue(1);
    assertThat(vocabulary.id("xb\ud83e\udd92", 1, 4)).hasValue(3);
    assertThat(vocabulary.id("xb\ud83e\udd92", 1, 3)).isEmpty();
  }

  @Test
  void theLastLineMayEndWithoutNewlineAndLinesMayEndWithCrLf() throws IOException {
    assertThat(tokens(write("a\nb"))).containsExactly("a", "b");
    assertThat(tokens(write("a\r\nb\r\n"))).containsExactly("a", "b");
    assertThat(tokens(write("a \n\u2028\n\u0085\n"))).containsExactly("a ", "\u2028", "\u0085");
  }

  @Test
  void aVocabularyAtFaultIsRefusedWithTheLine() throws IOException {
    refused(write(""), Kind.MALFORMED, "is empty");
    refused(write("a\n\nb\n"), Kind.MALFORMED, "line 2 is empty");
    refused(write("a\nb\n\n"), Kind.MALFORMED, "line 3 is empty");
    refused(write("\r\n"), Kind.MALFORMED, "line 1 is empty");
    refused(write("a\nb\nc\nb\n"), Kind.MALFORMED, "\"b\" is on line 2 and again on line 4");
    refused(write("a\rb\rc\n"), Kind.MALFORMED, "line 1 has a carriage return");
    refused(
        write(new byte[] {'a', '\n', 'b', (byte) 0xe9, '\n'}),
        Kind.MALFORMED,
        "line 2 is not UTF-8");
    refused(
        write(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}),
        Kind.MALFORMED,
        "line 1 is not UTF-8");
    refused(
        write(new byte[] {'a', '\n', (byte) 0xf0, (byte) 0x9f}),
        Kind.MALFORMED,
        "line 2 is not UTF-8");
    refused(folder.resolve("absent.txt"), Kind.UNREADABLE, "no such file");
    refused(folder, Kind.UNREADABLE, folder.toString());
    refused(
        write(new byte[Vocabulary.MAX_BYTES + 1]),
        Kind.UNSUPPORTED,
        "expected a vocabulary of at most 8388608 bytes, found 8388609");
  }

  @Test
  void anotherNumberOfTokensThanTheModelHasIsRefused() throws IOException {
    Path file = write("a\nb\n");
    assertThatThrownBy(() -> Vocabulary.read(file, 30522))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
        .hasMessage("%s: expected 30522 tokens, the model's vocab_size; found 2", file);
  }

  @Test
  void aListAtFaultIsTheCallersMistake() {
    assertThatIllegalArgumentException().isThrownBy(() -> Vocabulary.of(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.of(List.of("a", "b", "a")))
        .withMessage("token \"a\" has the ids 0 and 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.of(List.of("a", "")))
        .withMessage("token 1 is empty");
    assertThatIllegalArgumentException().isThrownBy(() -> Vocabulary.of(List.of("a")).token(1));
    assertThatIllegalArgumentException().isThrownBy(() -> Vocabulary.of(List.of("a")).token(-1));
  }

  @Test
  void anyBytesGiveAVocabularyOrATypedError() throws IOException {
    Random random = new Random(7);
    byte[] original = Files.readAllBytes(TokenizerGoldens.FOLDER.resolve("vocab.txt"));
    int accepted = 0;
    for (int i = 0; i < 500; i++) {
      byte[] bytes = original.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Vocabulary vocabulary = Vocabulary.read(write(bytes));
        assertThat(vocabulary.id(vocabulary.token(5))).hasValue(5);
        accepted++;
      } catch (ModelException e) {
        assertThat(e.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(e.getMessage()).contains("vocab.txt").doesNotContain("\n");
      }
    }
    assertThat(accepted).isBetween(50, 450);
  }

  /**
   * Tokens that share long prefixes, or all their hash codes, must not make the tree large or slow.
   */
  @Test
  void hostileTokensAreReadInTimeAndFound() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1 << 16; i++) { // "Aa" and "BB" have the same String.hashCode
      for (int bit = 0; bit < 16; bit++) {
        text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      text.append('\n');
    }
    text.append("a".repeat(1 << 20)).append('\n').append("a".repeat((1 << 20) + 1)).append('\n');
    Vocabulary vocabulary = Vocabulary.read(write(text.toString()));
    assertThat(vocabulary.size()).isEqualTo((1 << 16) + 2);
    assertThat(vocabulary.id("Aa".repeat(15) + "BB")).isEqualTo(OptionalInt.of(1 << 15));
    assertThat(vocabulary.id("a".repeat((1 << 20) + 1))).isEqualTo(OptionalInt.of((1 << 16) + 1));
  }

  private static void refused(Path file, Kind kind, String message) {
    assertThatThrownBy(() -> Vocabulary.read(file))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  private static List<String> tokens(Path file) {
    Vocabulary vocabulary = Vocabulary.read(file);
    List<String> tokens = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      tokens.add(vocabulary.token(id));
    }
    return tokens;
  }

  private Path write(String text) throws IOException {
    return write(text.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("vocab.txt"), bytes);
  }
}
