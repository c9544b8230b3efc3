package io.github.visualbert.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordsTest {
  @TempDir private Path folder;

  /** Returns {@code line:x} of each record. */
  private List<String> read(String text, String member) {
    Path file = Texts.write(folder.resolve("records.json"), text);
    List<String> read = new ArrayList<>();
    JsonRecords.Visitor visitor =
        (record, line) -> read.add(line.number() + ":" + record.getInt("x"));
    if (member == null) {
      JsonRecords.forEach(file, visitor);
    } else {
      JsonRecords.forEachIn(file, member, visitor);
    }
    return read;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"x\":1}\n\n{\"x\":2}\n",
        "{\"x\":1}\r\n\r\n  {\"x\":2}",
        "[{\"x\":1},\n\n{\"x\":2}]",
        "[{\"x\":1,\"y\":\"]}\\\"\\\\\"}\n\n , {\"x\":2}\n]\n",
      })
  void readsLinesAndArrays(String text) {
    assertThat(read(text, null)).containsExactly("1:1", "3:2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[{\"x\":1}]}",
        "{\"b\":{\"a\":[{\"x\":9}]},\"a\":[{\"x\":1}],\"c\":[\"]\"]}",
        "{\"b\":1.5,\"c\":true,\"d\":\"a\\\"\",\"e\":[],\"\\u0061\":[{\"x\":1}],\"f\":null}",
        "{\"a\":[{\"x\":1}],\"a\":[{\"x\":2}]}",
        "[{\"x\":1}]",
      })
  void readsAMember(String text) {
    assertThat(read(text, "a")).containsExactly("1:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n \n", "[]", " [ ] "})
  void readsNothing(String text) {
    assertThat(read(text, null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{x}{y} | line 1: expected a key or '}', found 'x'",
        "{'x':1}~{'x':1 | line 2: expected ',' or '}', found the end of the text",
        "{'x':1}~{'x':1}{'x':1} | line 2: expected the end of the text, found '{'",
        "{'x':1}~3 | line 2: expected an object, found 3",
        "{'x':'1'} | line 1: x: expected an integer of 32 bits, found \"1\"",
        "[{'x':1}~,{'x':1,~'y' 2}] | line 3: expected ':', found '2'",
        "[{'x':1}~,{'x':1 | line 2: the file ends within the value that begins here",
        "[{'x':1}~{'x':1}] | line 2: expected ',' or ']', found '{'",
        "[{'x':1},~] | line 2: expected an object, found ']'",
        "[{'x':1},~7] | line 2: expected an object, found '7'",
        "[{'x':1}]~[] | line 2: expected the end of the file, found '['",
        "[~ | line 2: expected an object, found the end of the file",
        "[{'x':1]} | line 1: expected ',' or '}', found ']'",
      })
  void saysWhatIsWrongWhere(String text, String message) {
    assertThatThrownBy(() -> read(text.replace('~', '\n').replace('\'', '"'), null))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("records.json") + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'b':[]} | expected an object with the array a",
        "{} | expected an object with the array a",
        "{'a':{'x':1}} | line 1: expected '['",
        "{'a':[]~ | line 2: expected ',' or '}', found the end of the file",
        "{'a':[]}~} | line 2: expected the end of the file, found '}'",
        "{'a' [] | line 1: expected ':', found '['",
        "{a:[]} | line 1: expected a key, found 'a'",
        "{'\\x':[]} | line 1: expected an escape, found 'x'",
        "{'b | line 1: the file ends within the value that begins here",
        "7 | line 1: expected an object or an array, found '7'",
      })
  void saysWhatIsWrongAroundAMember(String text, String message) {
    assertThatThrownBy(() -> read(text.replace('~', '\n').replace('\'', '"'), "a"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message.replace("expected '['", "expected an array, found '{'"));
  }

  @Test
  void refusesFilesThatAreNone() {
    assertThatThrownBy(() -> JsonRecords.forEach(folder.resolve("none"), (record, line) -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("found no such file");
    assertThatThrownBy(() -> JsonRecords.forEach(folder, (record, line) -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("expected a file, found a folder");
  }

  @Test
  void refusesRecordsWithoutEnd() {
    String endless = "[{\"x\":\"" + " ".repeat(ByteSource.MAX_RECORD_BYTES);
    assertThatThrownBy(() -> read(endless, null))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("line 1: expected at most 16 MiB in one record, found more");
  }

  /** More values than one document may have that is read whole. */
  @Test
  void readsMoreThanFitsADocument() {
    StringBuilder text = new StringBuilder("{\"a\":[");
    for (int i = 0; i < 600_000; i++) {
      text.append(i == 0 ? "" : ",").append("{\"x\":").append(i).append('}');
    }
    assertThat(read(text.append("]}").toString(), "a"))
        .hasSize(600_000)
        .last()
        .isEqualTo("1:599999");
  }

  @Test
  void readsOrRefusesWhateverTheBytesAre() {
    String text = "{\"b\":{\"c\":[1,\"]\"]},\"a\":[{\"x\":1,\"y\":\"}\"},\n{\"x\":2}],\"d\":null}";
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      char[] mutated = text.toCharArray();
      for (int j = random.nextInt(3); j >= 0; j--) {
        mutated[random.nextInt(mutated.length)] = "{}[]\",:\\x1\n ".charAt(random.nextInt(12));
      }
      String cut = new String(mutated, 0, 1 + random.nextInt(mutated.length));
      try {
        assertThat(read(cut, i % 2 == 0 ? "a" : null)).hasSizeLessThan(3);
      } catch (InputException e) {
        assertThat(e.getMessage()).startsWith(folder.toString()).doesNotContain("\n");
      }
    }
  }
}
