package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.GivenRegions;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.detect.VcrTowerBuilder;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that describes one detection in {@code case.json}: the kind of {@code detector}, and the
 * names of the files of its {@code config}, {@code weights} and {@code image}; for detectors on a
 * pyramid, how many regions: {@code num_features}, or {@code min_boxes} and {@code max_boxes}, and
 * {@code conf_thresh}; for VCR's tower {@code regions} instead of a configuration.
 */
record DetectCase(Path folder) {
  private static final String FILE = "case.json";
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final int MAX_REGION_BYTES = 1 << 26;

  /** Returns whether a folder holds a case; one whose description is unreadable is one. */
  static boolean isIn(Path folder) {
    if (!Files.isRegularFile(folder.resolve(FILE))) {
      return false;
    }
    try {
      return new DetectCase(folder).description().has("detector");
    } catch (InputException e) {
      return true; // is refused when it is run
    }
  }

  private JsonObject description() {
    Path file = folder.resolve(FILE);
    try {
      return Json.parseObject(TextFiles.read(file, "a description of a case", MAX_FILE_BYTES));
    } catch (JsonException e) {
      throw new InputException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns a builder that opens the detector as the case describes it.
   *
   * @throws InputException when the description is invalid
   */
  RegionDetectorBuilder detector() {
    JsonObject description = description();
    try {
      DetectorKind kind = DetectorKind.of(description.getString("detector"));
      Path config = folder.resolve(description.getString("config"));
      RegionDetectorBuilder builder = new DetectorFolder(folder, config).builder();
      if (description.has("num_features")) {
        builder.detections(0, description.getInt("num_features"));
      } else if (description.has("max_boxes")) {
        builder.detections(description.getInt("min_boxes"), description.getInt("max_boxes"));
      }
      if (description.has("conf_thresh")) {
        builder.minConfidence(description.getDouble("conf_thresh"));
      }
      return builder.kind(kind).weights(folder.resolve(description.getString("weights")));
    } catch (JsonException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /** Returns whether the case gives the regions, for VCR's tower, instead of looking for them. */
  boolean givesRegions() {
    try {
      return DetectorKind.of(description().getString("detector")) == DetectorKind.VCR;
    } catch (JsonException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /**
   * Returns a builder that opens the tower as the case describes it: {@code weights}, and perhaps
   * the {@code canvas} and {@code batch_statistics}.
   *
   * @throws InputException when the description is invalid
   */
  VcrTowerBuilder tower() {
    JsonObject description = description();
    try {
      VcrTowerBuilder builder =
          VcrTower.builder(folder.resolve(description.getString("weights")))
              .batchStatistics(description.getBoolean("batch_statistics", false));
      if (description.has("canvas")) {
        JsonArray canvas = description.getArray("canvas");
        if (canvas.size() != 2) {
          throw description.expected("canvas", "width and height");
        }
        builder.canvas(canvas.getInt(0), canvas.getInt(1));
      }
      return builder;
    } catch (JsonException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /**
   * Returns the regions that the case gives.
   *
   * @throws InputException when they or the description are invalid
   */
  GivenRegions regions() {
    try {
      Path file = folder.resolve(description().getString("regions"));
      return GivenRegions.parse(
          TextFiles.read(file, "regions as JSON", MAX_REGION_BYTES), file.toString());
    } catch (JsonException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  private InputException malformed(RuntimeException e) {
    return new InputException(Kind.MALFORMED, folder.resolve(FILE) + ": " + e.getMessage(), e);
  }

  /**
   * Returns the file of the picture.
   *
   * @throws InputException when the description is invalid
   */
  Path picture() {
    try {
      return folder.resolve(description().getString("image"));
    } catch (JsonException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }
}
