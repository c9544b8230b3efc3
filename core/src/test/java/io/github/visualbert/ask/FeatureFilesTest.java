package io.github.visualbert.ask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.vision.FeatureFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureFilesTest {
  private final List<Path> openings = new ArrayList<>();
  private final List<FeatureFile> opened = new ArrayList<>();
  private final FeatureFiles files =
      new FeatureFiles(
          path -> {
            openings.add(path);
            FeatureFile file = FeatureFile.open(path);
            opened.add(file);
            return file;
          });

  @TempDir private Path folder;

  @Test
  void opensEachFileOnce() {
    List<Path> paths =
        List.of(
            TestData.FEATURES.resolve("bottom-up.tsv"),
            TestData.FEATURES.resolve("pictures.npz"),
            TestData.FEATURES.resolve("pictures.safetensors"),
            TestData.FEATURES.resolve("pictures.th"));
    for (int i = 0; i < 12; i++) {
      for (Path path : paths) {
        assertThat(files.read(path, "#" + i % 3)).isNotNull();
      }
    }
    assertThat(openings).isEqualTo(paths);
    files.close();
    assertThat(files.read(paths.getFirst(), "#0")).as("after close").isNotNull();
    assertThat(openings).hasSize(5);
    files.close();
  }

  @Test
  void opensAnInvalidFileOnce() {
    Path missing = folder.resolve("missing.tsv");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> files.read(missing, "a"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("no such file");
    }
    assertThat(openings).containsExactly(missing);
  }

  @Test
  void keepsAsManyFilesOpenAsItMay() throws IOException {
    int count = FeatureFiles.MAX_OPEN + 1;
    for (int i = 0; i < count; i++) {
      Path copy = folder.resolve(i + ".tsv");
      Files.copy(TestData.FEATURES.resolve("bottom-up.tsv"), copy);
      files.read(copy, "#0");
    }
    assertThat(isOpen(opened.get(0))).as("the least recently used").isFalse();
    assertThat(opened.subList(1, count)).allMatch(FeatureFilesTest::isOpen);
    files.read(folder.resolve("1.tsv"), "#1");
    files.read(folder.resolve("0.tsv"), "#1");
    assertThat(openings).hasSize(count + 1);
    assertThat(isOpen(opened.get(1))).isTrue();
    assertThat(isOpen(opened.get(2))).isFalse();
    files.close();
    assertThat(opened).noneMatch(FeatureFilesTest::isOpen);
  }

  private static boolean isOpen(FeatureFile file) {
    try {
      file.read("#0");
      return true;
    } catch (InputException e) {
      assertThat(e).hasMessageContaining("ClosedChannelException");
      return false;
    }
  }
}
