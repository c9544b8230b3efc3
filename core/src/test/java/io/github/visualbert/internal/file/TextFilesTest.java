package io.github.visualbert.internal.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFilesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "\ufeff", "\ufeffa", "\ufeff\ufeffb", "version", "<unk>"})
  void beginsBehindTheByteOrderMark(String text) throws IOException {
    byte[] expected =
        text.substring(text.startsWith("\ufeff") ? 1 : 0).getBytes(StandardCharsets.UTF_8);
    Path file = Files.writeString(folder.resolve("a.txt"), text);
    assertThat(TextFiles.read(file, "a text", 100)).isEqualTo(expected);
    assertThat(TextFiles.readOfModel(file, "a text", 100)).isEqualTo(expected);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(TextFiles.content(file, new ByteArrayInputStream(bytes)).readAllBytes())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GIF8", "PAR1", "P1", "%PDF-", "II*", "BZh91AY"})
  void labelsMayBeginLikeAnotherFormat(String label) throws IOException {
    Path file = Files.writeString(folder.resolve("labels.txt"), label + "\nb\n");
    assertThat(TextFiles.read(file, "labels", 100)).asString(UTF_8).isEqualTo(label + "\nb\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'\\211PNG\\r\\n\\032\\n', a PNG picture",
    "'\\377\\330\\377\\340\\000\\020JFIF\\000', a JPEG picture",
    "'PK\\003\\004\\024\\000', a zip archive",
    "'\\037\\213\\010\\000', a gzip file; unpack it first",
    "'\\223NUMPY\\001\\000', a NumPy array",
  })
  void callsAnotherFormatByItsName(String head, String name) throws IOException {
    byte[] bytes = head.translateEscapes().getBytes(ISO_8859_1);
    Path file = Files.write(folder.resolve("vocab.txt"), bytes);
    assertThatThrownBy(() -> TextFiles.read(file, "a vocabulary", 100))
        .hasMessage(file + ": expected a vocabulary, found " + name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "x-UTF-16LE-BOM", "UTF-32LE", "UTF-32BE"})
  void namesUtf16(String charset) throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "{\"a\": 1}", Charset.forName(charset));
    String message = file + ": expected UTF-8, found UTF-16";
    assertThatThrownBy(() -> TextFiles.read(file, "a text", 100))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
        .hasMessage(message);
    assertThatThrownBy(() -> TextFiles.readOfModel(file, "a text", 100))
        .isInstanceOf(ModelException.class)
        .hasMessage(message);
    byte[] bytes = Files.readAllBytes(file);
    assertThatThrownBy(() -> TextFiles.content(file, new ByteArrayInputStream(bytes)))
        .hasMessage(message);
  }

  @Test
  void callsByItsNameWhatStandsInPlaceOfAText() throws IOException {
    Path file = folder.resolve("vocab.txt");
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n");
    assertThatThrownBy(() -> TextFiles.readOfModel(file, "a vocabulary", 100))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": expected a vocabulary, found a Git LFS pointer; run `git lfs pull`");
    Files.writeString(file, "<!doctype html>\n<html>");
    assertThatThrownBy(() -> TextFiles.read(file, "a vocabulary", 100))
        .hasMessage(file + ": expected a vocabulary, found an HTML page; download the file itself");
  }
}
