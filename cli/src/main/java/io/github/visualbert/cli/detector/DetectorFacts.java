package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.JsonWriter;

/**
 * What there is to say about a detector.
 *
 * @param kind its name in files
 * @param columns numbers of a region's features
 * @param objects how many classes have names
 * @param attributes how many attributes have names
 * @param least the fewest regions of a picture, unless it has fewer
 * @param most the most regions of a picture
 * @param bytes what a picture of {@value #WIDTH} x {@value #HEIGHT} pixels takes beside the weights
 */
public record DetectorFacts(
    String kind,
    String description,
    int columns,
    int objects,
    int attributes,
    int least,
    int most,
    long bytes) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;

  public static DetectorFacts of(RegionDetector detector) {
    return new DetectorFacts(
        detector.kind().kindName(),
        detector.describe(),
        detector.featureDim(),
        detector.objectLabels().size(),
        detector.attributeLabels().size(),
        detector.minDetections(),
        detector.maxDetections(),
        detector.estimatedBytes(WIDTH, HEIGHT));
  }

  public void addTo(TextTable table) {
    table
        .row("detector", description)
        .row(
            "features",
            "%s%d regions of %d columns"
                .formatted(least == most ? "" : least + " to ", most, columns))
        .row(
            "labels",
            objects == 0
                ? "none: there is no %s or %s"
                    .formatted(DetectorFolder.LABELS.getFirst(), DetectorFolder.LABELS.getLast())
                : "%d objects, %d attributes".formatted(objects, attributes))
        .row(
            "memory",
            "about %.1f MiB beside the weights for a picture of %d x %d"
                .formatted(bytes / 1048576.0, WIDTH, HEIGHT));
  }

  public void write(JsonWriter json) {
    json.field("kind", kind).field("description", description);
    json.field("columns", columns).field("objects", objects).field("attributes", attributes);
    json.field("min_detections", least).field("max_detections", most);
    json.name("memory").beginObject();
    json.field("width", WIDTH).field("height", HEIGHT).field("bytes", bytes).endObject();
  }
}
