package io.github.visualbert;

import io.github.visualbert.config.Preset;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.extract.FeatureExtractor;
import io.github.visualbert.extract.GridFeatures;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model's {@code preprocessor_config.json}: the conventions that it was trained with, and how
 * regions are computed from pictures. A model may lack the file, and may take regions from files
 * only.
 */
final class PreprocessorConfig {
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final String GRID_FEATURES = "GridFeatures";

  private final Path file;
  private final Preset preset;
  private final FeatureExtractor extractor; // or null
  private final String lack; // why there is no extractor

  private PreprocessorConfig(Path file, Preset preset, FeatureExtractor extractor, String lack) {
    this.file = file;
    this.preset = preset;
    this.extractor = extractor;
    this.lack = lack;
  }

  /**
   * Reads the file of a folder, if it is there. Unknown keys are ignored.
   *
   * @throws ModelException when the file cannot be read, names no preset, or contradicts itself
   */
  static PreprocessorConfig read(ModelFolder folder) {
    Path file = folder.preprocessorConfig();
    if (!Files.exists(file)) {
      return new PreprocessorConfig(file, Preset.AUTHORS, null, "no such file");
    }
    byte[] bytes = TextFiles.readOfModel(file, "a preprocessor configuration", MAX_FILE_BYTES);
    try {
      return of(file, Json.parseObject(bytes));
    } catch (JsonException | IllegalArgumentException e) {
      throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static PreprocessorConfig of(Path file, JsonObject json) {
    Preset preset = Preset.of(json.getString("preset", Preset.HF.presetName()));
    String type = json.getString("image_processor_type", "");
    if (type.equals(GRID_FEATURES)) {
      return new PreprocessorConfig(file, preset, GridFeatures.of(json), null);
    }
    String lack =
        type.isEmpty()
            ? "names no image_processor_type"
            : "image_processor_type is %s, expected %s".formatted(type, GRID_FEATURES);
    return new PreprocessorConfig(file, preset, null, lack);
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
   * Returns what computes the regions of pictures.
   *
   * @param visualEmbeddingDim the columns that the model expects
   * @throws ModelException when the folder does not say how, or regions would not fit the model
   */
  FeatureExtractor extractor(int visualEmbeddingDim) {
    if (extractor == null) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: %s, so this model has no eyes of its own; give region features, with --features FILE or FeatureFile.read(file): see Regions in README.md"
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
}
