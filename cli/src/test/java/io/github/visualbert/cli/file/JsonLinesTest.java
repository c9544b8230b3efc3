package io.github.visualbert.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.InputException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  private static final Path NAME = Path.of("rows.jsonl");

  @TempDir private Path folder;

  /** Returns the lines of a text with their numbers, read one byte at a time. */
  private static List<String> lines(String latin1) {
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int read(byte[] to, int offset, int count) throws IOException {
            return super.read(to, offset, Math.min(1, count));
          }
        };
    List<String> read = new ArrayList<>();
    try (JsonLines lines = JsonLines.open(NAME, slow)) {
      for (byte[] line; (line = lines.next()) != null; ) {
        read.add(lines.number() + ":" + new String(line, StandardCharsets.ISO_8859_1));
      }
    }
    return read;
  }

  @Test
  void linesEndWithLfCrLfOrCr() {
    assertThat(lines("a\nb\r\nc\rd")).containsExactly("1:a", "2:b", "3:c", "4:d");
    assertThat(lines("a\n\r\n \t\n\rb\n")).containsExactly("1:a", "5:b");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n\n")).isEmpty();
    assertThat(lines("a")).containsExactly("1:a");
  }

  @Test
  void skipsAByteOrderMark() {
    assertThat(lines("\u00ef\u00bb\u00bfa\nb")).containsExactly("1:a", "2:b");
    assertThat(lines("\u00ef\u00bb\u00bf")).isEmpty();
    assertThat(lines("\u00ef\u00bba")).containsExactly("1:\u00ef\u00bba");
    assertThat(lines("\u00ef")).containsExactly("1:\u00ef");
  }

  @Test
  void reportsUtf16() {
    for (String mark : List.of("\u00ff\u00fea\0", "\u00fe\u00ff\0a")) {
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(() -> lines(mark))
          .withMessage("rows.jsonl: expected UTF-8, found UTF-16");
    }
  }

  @Test
  void readsOnAfterALineThatIsTooLong() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(file, "12345678\n123456789\n1\n");
    try (JsonLines lines = JsonLines.open(file, 8)) {
      assertThat(lines.next()).asString().isEqualTo("12345678");
      lines.requireWhole();
      assertThat(lines.next()).hasSize(8);
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(lines::requireWhole)
          .withMessage("expected a line of at most 8 bytes, found a longer one");
      assertThat(lines.next()).asString().isEqualTo("1");
      lines.requireWhole();
      assertThat(lines.next()).isNull();
      assertThat(lines.progress()).isEqualTo(1);
    }
  }
}
