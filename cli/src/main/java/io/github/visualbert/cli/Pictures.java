package io.github.visualbert.cli;

import io.github.visualbert.VisualBert;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The regions of pictures as a model sees them, from picture files or from feature files.
 *
 * <p>A file is read once, and everyone who asks for it gets the same object, which the model then
 * projects once. Not thread-safe.
 */
final class Pictures {
  private final VisualBert model;
  private final Map<String, VisualFeatures> images = new HashMap<>();
  private final Map<String, VisualFeatures> features = new HashMap<>();

  Pictures(VisualBert model) {
    this.model = model;
  }

  /**
   * Returns the regions of a PNG or JPEG.
   *
   * @throws io.github.visualbert.error.InputException when the picture is at fault
   * @throws io.github.visualbert.error.ModelException when the model does not say how to see
   *     pictures
   */
  VisualFeatures image(String file) {
    VisualFeatures known = images.get(file);
    if (known == null) {
      known = model.regions(Path.of(file));
      images.put(file, known);
    }
    return known;
  }

  /**
   * Returns the regions that a feature file holds, or those of one of its pictures: {@code
   * FILE#NAME}, {@code FILE##INDEX}.
   *
   * @throws io.github.visualbert.error.InputException when the file is at fault
   */
  VisualFeatures features(String fileAndName) {
    VisualFeatures known = features.get(fileAndName);
    if (known == null) {
      known = read(fileAndName).requireDim(model.config().visualEmbeddingDim());
      features.put(fileAndName, known);
    }
    return known;
  }

  private static VisualFeatures read(String fileAndName) {
    int mark = fileAndName.indexOf('#');
    if (mark < 0 || Files.exists(Path.of(fileAndName))) {
      return FeatureFile.read(Path.of(fileAndName));
    }
    return FeatureFile.read(
        Path.of(fileAndName.substring(0, mark)), fileAndName.substring(mark + 1));
  }
}
