package io.github.visualbert.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColdStartTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo", "vqa");

  @TempDir private Path folder;

  @Test
  void prefersScalarForAQuestionToTheDemoModel() {
    assertThat(ColdStart.prefersScalar(DEMO, ColdStart.ROWS_OF_SEQUENCE, 1)).isTrue();
    assertThat(ColdStart.prefersScalar(DEMO, 10_000 * ColdStart.ROWS_OF_SEQUENCE, 1)).isFalse();
  }

  @Test
  void prefersScalarForAQuestionToABaseModelOnTwoThreads() throws IOException {
    weights("model-00001-of-00002.safetensors", 220_000_000);
    weights("model-00002-of-00002.safetensors", 220_000_000);
    assertThat(ColdStart.prefersScalar(folder, ColdStart.ROWS_OF_SEQUENCE, 1)).isFalse();
    assertThat(ColdStart.prefersScalar(folder, ColdStart.ROWS_OF_SEQUENCE, 2)).isTrue();
    assertThat(ColdStart.prefersScalar(folder, 2 * ColdStart.ROWS_OF_SEQUENCE, 2)).isFalse();
  }

  @Test
  void addsUpShards() throws IOException {
    weights("a.safetensors", 200_000_000);
    assertThat(ColdStart.prefersScalar(folder, ColdStart.ROWS_OF_SEQUENCE, 1)).isTrue();
    weights("b.bin", 200_000_000);
    assertThat(ColdStart.prefersScalar(folder, ColdStart.ROWS_OF_SEQUENCE, 1)).isFalse();
  }

  /** Beside a small file that may have come with them. */
  @ParameterizedTest
  @ValueSource(strings = {"detectron_model.pth", "model_final.pkl", "vcr_fine_tune.th"})
  void countsTheFilesThatDetectorsWerePublishedIn(String name) throws IOException {
    weights("small.safetensors", 1_000_000);
    assertThat(ColdStart.prefersScalar(folder, ColdStart.PLACES_OF_PICTURE, 1)).isTrue();
    weights(name, 200_000_000);
    assertThat(ColdStart.prefersScalar(folder, ColdStart.PLACES_OF_PICTURE, 1)).isFalse();
  }

  @Test
  void prefersVectorKernelsWithoutWeights() {
    assertThat(ColdStart.prefersScalar(folder, ColdStart.ROWS_OF_SEQUENCE, 1)).isFalse();
    assertThat(ColdStart.prefersScalar(folder.resolve("nowhere"), 1, 1)).isFalse();
  }

  private void weights(String name, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.setLength(bytes); // sparse: takes no space on the disk
    }
  }

  @Test
  void prefersScalarForAPictureToTheDemoDetector() {
    Path detector = DEMO.resolveSibling("detector");
    assertThat(ColdStart.prefersScalar(detector, ColdStart.PLACES_OF_PICTURE, 1)).isTrue();
    assertThat(ColdStart.prefersScalar(detector, 50 * ColdStart.PLACES_OF_PICTURE, 1)).isFalse();
  }
}
