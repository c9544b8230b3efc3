package io.github.visualbert.cli.detector;

import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.vision.FeatureOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a model wants to see pictures through a detector: what its {@code preprocessor_config.json}
 * says under the type {@code RegionFeatures}, or a command line.
 *
 * @param least the fewest regions, or -1 where the model does not say
 * @param most the most regions, or -1
 * @param trainedOn what decides then: the features that the checkpoint was trained on, or null for
 *     what the detector says
 */
public record RegionSettings(
    DetectorFolder detector, int least, int most, FeatureOrigin trainedOn) {
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final int UNSTATED = -1;

  /**
   * Reads the settings of a model that was opened, so what else the file says is checked already.
   *
   * @param other the detector to use instead of the one that the model names, or null
   * @param trainedOn the features that the checkpoint was trained on, where that is known
   * @return empty where neither names one
   * @throws ModelException when the settings are invalid, or the detector's folder
   */
  public static Optional<RegionSettings> of(
      Path model, Path other, Optional<FeatureOrigin> trainedOn) {
    Path file = new ModelFolder(model).preprocessorConfig();
    int least = UNSTATED;
    int most = UNSTATED;
    String named = null;
    if (Files.exists(file)) {
      byte[] bytes = TextFiles.readOfModel(file, "a preprocessor configuration", MAX_FILE_BYTES);
      try {
        JsonObject json = Json.parseObject(bytes);
        if (json.getString("image_processor_type", "").equals("RegionFeatures")) {
          named = json.getString("detector", null);
          least = json.getInt("min_detections", UNSTATED);
          most = json.getInt("max_detections", UNSTATED);
        }
      } catch (JsonException e) {
        throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
      }
    }
    if (other == null && named == null) {
      return Optional.empty();
    }
    Path folder = other != null ? other : model.resolve(named).normalize();
    return Optional.of(
        new RegionSettings(
            DetectorFolder.require(folder),
            least,
            most,
            other == null ? null : trainedOn.orElse(null)));
  }

  /** Returns a detector's own settings. */
  public static RegionSettings none(DetectorFolder detector) {
    return new RegionSettings(detector, UNSTATED, UNSTATED, null);
  }

  /** Returns a builder of the detector with these settings. */
  public RegionDetectorBuilder builder() {
    RegionDetectorBuilder builder = detector.builder();
    if (most > 0) {
      return builder.detections(Math.max(least, 0), most);
    }
    return trainedOn == null ? builder : builder.detectionsOf(trainedOn);
  }
}
