package io.github.visualbert;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Preset;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.extract.FeatureExtractor;
import io.github.visualbert.extract.GridFeatures;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.vision.FeatureOrigin;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A model's {@code preprocessor_config.json}: the conventions that it was trained with, and how
 * regions are computed from pictures. A model may lack the file, and may take regions from files
 * only.
 */
final class PreprocessorConfig implements AutoCloseable {
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final String GRID_FEATURES = "GridFeatures";
  private static final String REGION_FEATURES = "RegionFeatures";

  private final Path file;
  private final Preset preset;
  private final FeatureExtractor extractor; // or null
  private final String lack; // why there is no extractor
  private final int maxRegions; // 0 where it is not stated

  private PreprocessorConfig(
      Path file, Preset preset, int maxRegions, FeatureExtractor extractor, String lack) {
    this.file = file;
    this.preset = preset;
    this.maxRegions = maxRegions;
    this.extractor = extractor;
    this.lack = lack;
  }

  /**
   * Reads the file of a folder, if it is there. Unknown keys are ignored.
   *
   * @param compute sets kernels and threads of a detector
   * @throws ModelException when the file cannot be read, names no preset, or contradicts itself
   */
  static PreprocessorConfig read(ModelFolder folder, UnaryOperator<RegionDetectorBuilder> compute) {
    Path file = folder.preprocessorConfig();
    if (!Files.exists(file)) {
      return new PreprocessorConfig(file, Preset.AUTHORS, 0, null, "no such file");
    }
    byte[] bytes = TextFiles.readOfModel(file, "a preprocessor configuration", MAX_FILE_BYTES);
    try {
      return of(file, Json.parseObject(bytes), compute);
    } catch (JsonException | IllegalArgumentException e) {
      throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static PreprocessorConfig of(
      Path file, JsonObject json, UnaryOperator<RegionDetectorBuilder> compute) {
    Preset preset = Preset.of(json.getString("preset", Preset.HF.presetName()));
    int maxRegions = json.getInt("max_regions", 0);
    if (maxRegions < 0 || maxRegions == 0 && json.has("max_regions")) {
      throw json.expected("max_regions", "at least 1");
    }
    String type = json.getString("image_processor_type", "");
    FeatureExtractor extractor =
        switch (type) {
          case GRID_FEATURES -> GridFeatures.of(json);
          case REGION_FEATURES -> regionFeatures(file, json, compute);
          default -> null;
        };
    String lack =
        type.isEmpty()
            ? "names no image_processor_type"
            : "image_processor_type is %s, expected %s or %s"
                .formatted(type, GRID_FEATURES, REGION_FEATURES);
    return new PreprocessorConfig(file, preset, maxRegions, extractor, lack);
  }

  /** The detector's folder is relative to the model's; it is opened for the first picture. */
  private static RegionFeatures regionFeatures(
      Path file, JsonObject json, UnaryOperator<RegionDetectorBuilder> compute) {
    Path folder;
    try {
      folder = file.resolveSibling(json.getString("detector")).normalize();
    } catch (InvalidPathException e) {
      throw json.expected("detector", "a folder");
    }
    int most = json.getInt("max_detections", 0);
    int least = json.getInt("min_detections", 0);
    if (most < 0 || least < 0 || json.has("max_detections") && (most < 1 || least > most)) {
      throw json.expected("max_detections", "at least 1, and at least min_detections");
    }
    RegionDetectorBuilder builder = RegionDetector.builder(folder);
    return RegionFeatures.opening(
        () -> compute.apply(most == 0 ? builder : builder.detections(least, most)).open(),
        RegionFeatures.boxColumns(json));
  }

  /** Returns the same settings with the regions of another detector. */
  PreprocessorConfig withDetector(RegionFeatures detector) {
    return new PreprocessorConfig(file, preset, maxRegions, detector, null);
  }

  /**
   * Returns the conventions that the file names; {@link Preset#HF} where it names none, since
   * transformers wrote it; {@link Preset#AUTHORS} where there is no file, as with the published
   * checkpoints.
   */
  Preset preset() {
    return preset;
  }

  /**
   * Returns how many of a picture's regions the model takes, the first ones.
   *
   * @param trainedOn what it was trained on, which decides where the file does not
   */
  int maxRegions(Optional<FeatureOrigin> trainedOn) {
    return maxRegions > 0
        ? maxRegions
        : trainedOn.map(FeatureOrigin::regionsTaken).orElse(Integer.MAX_VALUE);
  }

  /**
   * Returns the detector whose features the authors trained a checkpoint on, where its head and
   * sizes are those of one of theirs and the file names no other preset.
   */
  Optional<FeatureOrigin> trainedOn(HeadType head, VisualBertConfig model) {
    return preset == Preset.AUTHORS
        ? FeatureOrigin.ofCheckpoint(
            (head == HeadType.BASE ? model.headType() : head).className(),
            model.visualEmbeddingDim(),
            model.numLabels())
        : Optional.empty();
  }

  /**
   * Returns what computes the regions of pictures.
   *
   * @param visualEmbeddingDim the columns that the model expects
   * @throws ModelException when the folder does not say how, or regions would not fit the model
   */
  FeatureExtractor extractor(int visualEmbeddingDim) {
    if (extractor == null) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: %s, so this model has no eyes of its own; give it those of the detector that it was trained on, with --detector DIR or VisualBertBuilder.detector, or region features, with --features FILE or FeatureFile.read: see Regions in README.md"
              .formatted(file, lack));
    }
    if (extractor.dim() != visualEmbeddingDim) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: makes regions of %d columns, the model's visual_embedding_dim is %d"
              .formatted(file, extractor.dim(), visualEmbeddingDim));
    }
    return extractor;
  }

  /** Closes a detector that was opened for a picture. */
  @Override
  public void close() {
    if (extractor instanceof RegionFeatures regions) {
      regions.close();
    }
  }
}
