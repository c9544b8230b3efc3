package io.github.visualbert.cli.detector;

import io.github.visualbert.Mutants;
import io.github.visualbert.cli.Cli;
import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A detector's published YAML, damaged: the folder opens, or is refused in one line. */
class DetectorFolderAttackTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "butd_small, config.yaml",
    "pythia_small, detectron_model.yaml",
    "mask_rcnn_small, e2e_mask_rcnn_R-101-FPN_2x.yaml"
  })
  void damagedYaml(String name, String yaml) throws IOException {
    Path golden = Cli.GOLDENS.resolve("detectors/cases").resolve(name);
    try (Stream<Path> files = Files.list(golden)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(bin|pth|pkl)")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    new Mutants(List.of(Files.readAllBytes(golden.resolve(yaml))), ModelException.class, 4000)
        .constant(64 << 20)
        .attack(
            150,
            folder.resolve(yaml),
            unused ->
                DetectorFolder.require(folder)
                    .builder()
                    .provider("scalar")
                    .threads(1)
                    .open()
                    .close());
  }
}
