package io.github.visualbert.ask;

import io.github.visualbert.vision.FeatureOrigin;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.Optional;

/** Computes the regions of pictures for a model, which otherwise does it itself. */
public interface PictureReader {
  /**
   * Returns the regions of a PNG or JPEG file.
   *
   * @throws io.github.visualbert.error.InputException when the picture is invalid
   */
  VisualFeatures read(Path picture);

  /** Returns the regions of a picture whose file is in memory, as {@link #read(Path)} does. */
  VisualFeatures read(byte[] file, String name);

  /** Returns where the regions come from, or empty when that is not known. */
  default Optional<FeatureOrigin> origin() {
    return Optional.empty();
  }
}
