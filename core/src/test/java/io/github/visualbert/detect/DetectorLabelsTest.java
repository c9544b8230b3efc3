package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.Mutants;
import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of classes in every form that is read, and in none. */
class DetectorLabelsTest {
  @TempDir private Path folder;

  private static DetectorConfig.Head head(int classes) {
    return new DetectorConfig.Head(7, new float[4], false, classes, false, 0);
  }

  private List<String> read(DetectorKind kind, int classes) {
    return DetectorLabels.read(folder, kind, head(classes)).objects();
  }

  private void write(String name, String content) {
    try {
      Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'categories': [{'id': 2, 'name': 'b, c'}, {'id': 1, 'name': ' A '}], 'info': {}}",
        "{'categories': {'1': 'A', '2': 'b, c'}}",
        "[{'id': 1, 'name': 'A', 'supercategory': 'x'}, {'id': 2, 'name': 'b, c'}]",
        "[{'id': 0, 'name': 'BG'}, {'id': 1, 'name': 'A'}, {'id': 2, 'name': 'b, c'}]",
        "{'1': 'A', '2': 'b, c'}",
        "{'2': 'b, c', '01': 'A', '0': '__background__'}",
        "{'A': 1, 'b, c': 2}",
        "{'__background__': 0, 'A': 1, 'b, c': 2}",
        "['A', 'b, c']",
        "['__background__', 'A', 'b, c']",
      })
  void categoriesAreReadInEveryForm(String json) {
    write(DetectorLabels.CATEGORIES, json.replace('\'', '"'));
    assertThat(read(DetectorKind.PYTHIA, 2)).containsExactly("A", "b, c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{'1': 'a'} | expected names for the classes 1 to 2, found none for 2",
        "{'0': 'a', '1': 'b'} | expected names for the classes 1 to 2, found none for 2",
        "{'1': 'a', '2': 'b', '3': 'c'} | expected classes from 1 to 2, found 3",
        "{'1': 'a', '01': 'b'} | the class 1 is named twice",
        "{'a': 1, 'b': 1} | the class 1 is named twice",
        "{'a': -1} | expected classes from 1 to 2, found -1",
        "{'a': 1.5} | a: expected the number of a class by its name, or its name by its number",
        "{'a': 'b'} | a: expected the number of a class by its name, or its name by its number",
        "{'1': ['a']} | 1: expected a string",
        "{'1': null, '2': 'b'} | 1: expected a string",
        "[1, 2] | [0]: expected an object",
        "['a', 2] | [1]: expected a string",
        "['a', 'b', 'c'] | expected classes from 1 to 2, found 3",
        "[{'name': 'a'}, {'name': 'b'}] | [0].id",
        "[{'id': 1}, {'id': 2}] | [0].name",
        "{} | expected names for the classes 1 to 2, found none for 1",
        "[] | expected names for the classes 1 to 2, found none for 1",
        "7 | expected an object or an array of names",
        "{'1': 'a' | line 1",
      })
  void categoriesThatAreNotThoseOfTheDetector(String json, String message) {
    write(DetectorLabels.CATEGORIES, json.replace('\'', '"'));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> read(DetectorKind.PYTHIA, 2))
        .withMessageStartingWith(folder.resolve(DetectorLabels.CATEGORIES) + ": ")
        .withMessageContaining(message);
  }

  @Test
  void aFileOfLinesGoesFirst() {
    write(DetectorLabels.CATEGORIES, "{}");
    write(DetectorLabels.OBJECTS, "cat,kitty\nDog\n");
    assertThat(read(DetectorKind.PYTHIA, 2)).containsExactly("cat", "dog");
  }

  @Test
  void theClassesOfCocoNeedNoFile() {
    List<String> names = read(DetectorKind.MASK_RCNN, 80);
    assertThat(names).hasSize(80).doesNotHaveDuplicates();
    assertThat(names).startsWith("person", "bicycle").endsWith("hair drier", "toothbrush");
    assertThat(names).contains("traffic light", "wine glass").noneMatch(String::isBlank);
    assertThat(names).allMatch(name -> TowerClasses.number(name.replace(" ", "")) > 0);
    assertThat(TowerClasses.number("trafficlight")).isEqualTo(10);
    assertThat(read(DetectorKind.MASK_RCNN, 81)).isEmpty();
    assertThat(read(DetectorKind.PYTHIA, 80)).isEmpty();
    write(DetectorLabels.OBJECTS, "x\n".repeat(80));
    assertThat(read(DetectorKind.MASK_RCNN, 80)).containsOnly("x");
  }

  @Test
  void aFolderThatIsNamedHasNames() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> DetectorLabels.require(folder, DetectorKind.MASK_RCNN, head(80)))
        .withMessage(
            folder
                + ": expected names of classes (objects_vocab.txt, attributes_vocab.txt,"
                + " visual_genome_categories.json), found no such file");
  }

  /** The number of a class in a detector without background is one less than in the file. */
  @Test
  void regionsHaveTheirNames() {
    DetectorCase golden = DetectorCase.of("pythia_small");
    StringBuilder json = new StringBuilder("{\"background\": 0");
    for (int i = 1; i <= 11; i++) {
      json.append(", \"class %d\": %d".formatted(i, i));
    }
    write(DetectorLabels.CATEGORIES, json + "}");
    try (RegionDetector detector = golden.builder().labels(folder).open()) {
      assertThat(detector.objectLabels()).hasSize(11);
      assertThat(detector.detect(golden.picture()).regions())
          .isNotEmpty()
          .allMatch(region -> region.object().equals("class " + (region.objectId() + 1)));
    }
  }

  @Test
  void damagedNamesAreReadOrRefused() {
    for (String name : List.of(DetectorLabels.CATEGORIES, DetectorLabels.OBJECTS)) {
      byte[] lines = "cat,kitty\nDog\n".getBytes(StandardCharsets.UTF_8);
      List<byte[]> seeds =
          name.equals(DetectorLabels.OBJECTS)
              ? List.of(lines)
              : List.of(
                  "{\"categories\":[{\"id\":1,\"name\":\"a\"},{\"id\":2,\"name\":\"b\"}]}"
                      .getBytes(),
                  "{\"1\":\"a\",\"2\":\"b\"}".getBytes(),
                  "{\"a\":1,\"b\":2}".getBytes(),
                  "[\"a\",\"b\"]".getBytes());
      Path file = folder.resolve(name);
      new Mutants(seeds, ModelException.class, 400)
          .attack(1000, file, unused -> read(DetectorKind.PYTHIA, 2));
      assertThat(file.toFile().delete()).isTrue();
    }
  }
}
