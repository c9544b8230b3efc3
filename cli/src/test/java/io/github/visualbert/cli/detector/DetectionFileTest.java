package io.github.visualbert.cli.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.Mutants;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.VisualBertException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionFileTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata")).resolve("demo");

  @TempDir private Path folder;
  private RegionDetector detector;
  private Detection detection;

  @BeforeEach
  void detect() {
    detector = DetectorFolder.require(DEMO.resolve("detector")).builder().provider("scalar").open();
    detection = detector.detect(DEMO.resolve("regions/wide.png"));
  }

  @AfterEach
  void close() {
    detector.close();
  }

  @Test
  void readsBackWhatWasFound() throws IOException {
    Path file = folder.resolve("entry.safetensors");
    DetectionFile.write(file, detection);
    Detection read = DetectionFile.read(file, detection.source(), detector);
    assertThat(read).usingRecursiveComparison().ignoringFields("features").isEqualTo(detection);
    assertThat(read.features().toArray()).isEqualTo(detection.features().toArray());
    assertThat(read.features().boxes()).isEqualTo(detection.features().boxes());
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Path file = folder.resolve("entry.safetensors");
    DetectionFile.write(file, detection);
    new Mutants(List.of(Files.readAllBytes(file)), VisualBertException.class, 100)
        .constant(2 << 20)
        .attack(2000, file, damaged -> DetectionFile.read(damaged, "p", detector));
  }
}
