package io.github.visualbert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.VisualBert;
import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo", "nlvr2");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "labels.txt | no~yes~",
        "labels.txt | no~yes",
        "labels.json | [\"no\", \"yes\"]",
        "labels.json | {\"1\": \"yes\", \"0\": \"no\"}"
      })
  void readsNamesByTheirIndex(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content.replace('~', '\n'));
    assertThat(Labels.read(file, 2)).containsExactly("no", "yes");
    assertThatThrownBy(() -> Labels.read(file, 3))
        .isInstanceOf(ModelException.class)
        .hasMessage("%s: has 2 labels, the model has 3 classes", file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels.txt", "labels.json"})
  void refusesALargeFile(String name) {
    Path file = TestData.sparse(folder.resolve(name), 3L << 30);
    assertThatThrownBy(() -> Labels.read(file, 2))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": expected labels of at most 67108864 bytes, found 3221225472");
  }

  @Test
  void aFileInTheFolderNamesTheClassesUnlessTheCallerDoes() throws IOException {
    for (String name : new String[] {"config.json", "model.safetensors", "vocab.txt"}) {
      Files.copy(DEMO.resolve(name), folder.resolve(name));
    }
    Files.writeString(folder.resolve("labels.txt"), "no\nyes\n");
    try (VisualBert model = VisualBert.builder(folder).threads(1).open()) {
      assertThat(model.labels()).containsExactly("no", "yes");
    }
    try (VisualBert model =
        VisualBert.builder(folder).threads(1).labels(List.of("a", "b")).open()) {
      assertThat(model.labels()).containsExactly("a", "b");
    }
  }
}
