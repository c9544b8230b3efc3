package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.kernel.KernelSelection;
import java.nio.file.Path;

/**
 * What there is to say about VCR's tower.
 *
 * @param columns numbers of a region's features
 * @param bytes what a picture with {@value #REGIONS} regions takes beside the weights
 */
public record TowerFacts(String description, int columns, long bytes) {
  private static final int REGIONS = 10;

  /**
   * Reads the weights.
   *
   * @throws io.github.visualbert.error.ModelException when they do not fit
   */
  public static TowerFacts of(Path weights) {
    try (VcrTower tower =
        VcrTower.builder(weights).provider(KernelSelection.SCALAR).threads(1).open()) {
      return new TowerFacts(tower.describe(), tower.featureDim(), tower.estimatedBytes(REGIONS));
    }
  }

  public void addTo(TextTable table) {
    table
        .row("tower", description)
        .row(
            "  memory",
            "about %.1f MiB beside the weights for a picture with %d regions"
                .formatted(bytes / 1048576.0, REGIONS));
  }

  public void write(JsonWriter json) {
    json.field("kind", DetectorKind.VCR.kindName()).field("description", description);
    json.field("columns", columns);
    json.name("memory").beginObject();
    json.field("regions", REGIONS).field("bytes", bytes).endObject();
  }
}
