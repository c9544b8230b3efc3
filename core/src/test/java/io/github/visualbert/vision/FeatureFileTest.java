package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureFileTest {
  private static final int[] REGIONS = {3, 5, 4};

  private static Path file(String name) {
    return TestData.FEATURES.resolve(name);
  }

  /** The formula of make_features.py. */
  private static float[] numbers(int picture) {
    float[] numbers = new float[REGIONS[picture] * 8];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i / 8 * 31 + i % 8 * 7 + picture * 17) % 101 / 8f;
    }
    return numbers;
  }

  private static void assertPicture(VisualFeatures found, int picture) {
    assertThat(found.regions()).isEqualTo(REGIONS[picture]);
    assertThat(found.dim()).isEqualTo(8);
    assertThat(found.toArray()).containsExactly(numbers(picture));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float32.npy",
        "float16.npy",
        "float64.npy",
        "big-endian.npy",
        "column-major.npy",
        "batch-of-one.npy",
        "batch-of-one-column-major.npy",
        "authors.npz",
        "authors-deflated.npz",
        "batch-of-one.safetensors",
        "float16.safetensors",
        "tensor.pt",
        "tensor-legacy.pt",
        "tensor-turned.pt",
        "batch-of-one.pt",
      })
  void filesOfOnePictureAreRead(String name) {
    VisualFeatures found = FeatureFile.read(file(name));
    assertPicture(found, 0);
    assertThat(found.source()).startsWith(file(name).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "pictures.npz, ''",
    "pictures.safetensors, ''",
    "pictures.th, ''",
    "authors.th, .png",
    "authors-legacy.th, .png",
    "dictionaries.th, ''",
    "bottom-up.tsv, ''",
    "lxmert.tsv, ''",
    "named-columns.tsv, ''",
  })
  void filesOfManyPicturesAreReadByNameAndByIndex(String name, String suffix) {
    try (FeatureFile file = FeatureFile.open(file(name))) {
      assertPicture(file.read("third" + suffix), 2);
      assertPicture(file.read("#1"), 1);
      assertPicture(file.read("#0"), 0);
      assertPicture(file.read("first" + suffix), 0);
      assertThat(file.names())
          .containsExactly("first" + suffix, "second" + suffix, "third" + suffix);
      assertThatThrownBy(file::read)
          .isInstanceOfSatisfying(
              InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
          .hasMessage(
              "%s: expected the features of one picture, found first%2$s, second%2$s, third%2$s; say which by name"
                  .formatted(file(name), suffix));
      for (String missing : new String[] {"fourth", "#3", "#-1", "#99999999999"}) {
        assertThatThrownBy(() -> file.read(missing))
            .isInstanceOfSatisfying(
                InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
            .hasMessage(
                "%s: holds nothing called %s, but first%3$s, second%3$s, third%3$s"
                    .formatted(file(name), missing, suffix));
      }
    }
    assertPicture(FeatureFile.read(file(name), "second" + suffix), 1);
  }

  @Test
  void theArraysBesideTheFeaturesAreNamedToo() {
    try (FeatureFile file = FeatureFile.open(file("authors.npz"))) {
      assertThat(file.names()).containsExactly("box_features", "max_conf", "cls_boxes");
      assertThat(file.read("cls_boxes").dim()).isEqualTo(4);
      assertThatThrownBy(() -> file.read("max_conf"))
          .hasMessageContaining("authors.npz[max_conf]: expected features of shape")
          .hasMessageEndingWith("found (3,)");
    }
  }

  @Test
  void thePartsOfAPictureHaveNamesToo() {
    try (FeatureFile file = FeatureFile.open(file("authors.th"))) {
      assertThat(file.read("second.png.1").dim()).isEqualTo(4);
      assertThat(file.read("second.png").source()).endsWith("authors.th[second.png.0]");
    }
    try (FeatureFile file = FeatureFile.open(file("dictionaries.th"))) {
      assertThat(file.read("second.boxes").dim()).isEqualTo(4);
      assertThat(file.read("second").source()).endsWith("dictionaries.th[second.features]");
    }
  }

  @Test
  void arraysPickledByNumpyAreRefusedByName() {
    assertThatThrownBy(() -> FeatureFile.read(file("numpy-arrays.th"), "image"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("numpy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bottom-up.tsv", "lxmert.tsv", "named-columns.tsv"})
  void boxesBecomeFractionsOfThePicture(String name) {
    VisualFeatures found = FeatureFile.read(file(name), "second");
    assertThat(found.boxes()).hasSize(5);
    assertThat(found.boxes().get(2)).isEqualTo(new Box(0.2f, 0.2f, 0.4f, 0.4f));
    assertThat(found.first(3).boxes()).hasSize(3);
    assertThat(found.source()).matches(".*\\[second], line [23]");
  }

  @Test
  void aTableOfOnePictureNeedsNoName(@TempDir Path folder) throws IOException {
    Path one = folder.resolve("one.txt");
    Files.write(one, Files.readAllLines(file("bottom-up.tsv")).subList(1, 2));
    assertPicture(FeatureFile.read(one), 1);
  }

  @Test
  void whatIsNoFeatureFileIsNamed(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> FeatureFile.read(folder.resolve("none.npy")))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREADABLE))
        .hasMessageEndingWith("none.npy: expected region features, found no such file");
    assertThatThrownBy(() -> FeatureFile.read(folder))
        .hasMessageEndingWith("expected region features, found a folder");
    long size = FeatureFile.MAX_ARRAY_BYTES + 1L;
    byte[] numpy = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    Path large = TestData.sparse(folder.resolve("large.npy"), size, numpy);
    assertThatThrownBy(() -> FeatureFile.read(large))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessage(
            large + ": expected region features of at most %d bytes, found %d", size - 1, size);
    Path empty = Files.write(folder.resolve("empty.npy"), new byte[0]);
    assertThatThrownBy(() -> FeatureFile.read(empty))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
        .hasMessageContaining("found an empty file");
    assertThatThrownBy(() -> FeatureFile.read(TestData.DEMO_IMAGES.resolve("scene-1.png")))
        .hasMessageContaining("found a PNG picture");
    for (String name : new String[] {"float32.npy", "tensor.pt"}) {
      assertThatThrownBy(() -> FeatureFile.read(file(name), "first"))
          .hasMessageContaining("found one picture's features");
      assertPicture(FeatureFile.read(file(name), "#0"), 0);
    }
    assertThatThrownBy(() -> FeatureFile.read(file("float32_info.npy")))
        .hasMessageContaining("never loaded");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPipeIsRefusedBeforeItIsRead(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe.npy");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> FeatureFile.read(pipe))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(pipe + ": expected a file of region features, found a pipe");
  }
}
