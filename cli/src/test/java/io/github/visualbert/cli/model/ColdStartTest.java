package io.github.visualbert.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColdStartTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo", "vqa");

  @TempDir private Path folder;

  @Test
  void aQuestionToTheDemoModelIsLittle() {
    assertThat(ColdStart.is(DEMO, 1, 1)).isTrue();
    assertThat(ColdStart.is(DEMO, 10_000, 1)).isFalse();
  }

  @Test
  void aQuestionToABaseModelIsLittleForTwoThreads() throws IOException {
    weights("model-00001-of-00002.safetensors", 220_000_000);
    weights("model-00002-of-00002.safetensors", 220_000_000);
    assertThat(ColdStart.is(folder, 1, 1)).isFalse();
    assertThat(ColdStart.is(folder, 1, 2)).isTrue();
    assertThat(ColdStart.is(folder, 2, 2)).isFalse();
  }

  @Test
  void shardsAreAddedUp() throws IOException {
    weights("a.safetensors", 200_000_000);
    assertThat(ColdStart.is(folder, 1, 1)).isTrue();
    weights("b.bin", 200_000_000);
    assertThat(ColdStart.is(folder, 1, 1)).isFalse();
  }

  @Test
  void withoutWeightsNothingIsKnown() {
    assertThat(ColdStart.is(folder, 1, 1)).isFalse();
    assertThat(ColdStart.is(folder.resolve("nowhere"), 1, 1)).isFalse();
  }

  private void weights(String name, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.setLength(bytes); // takes no room on the disk
    }
  }
}
