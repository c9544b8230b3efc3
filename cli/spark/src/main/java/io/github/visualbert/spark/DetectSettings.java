package io.github.visualbert.spark;

import io.github.visualbert.detect.RegionDetector;
import java.io.Serializable;

/**
 * A detector and how it is opened, the same on every node.
 *
 * @param detector its folder, as {@link NodeFiles} finds it
 * @param provider of the kernels, or {@code auto}
 */
record DetectSettings(String detector, String provider) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException when no detector is named
   */
  static DetectSettings of(OptionMap options) {
    String detector = options.text("detector");
    String provider = ModelSettings.provider(options);
    if (detector == null) {
      throw new IllegalArgumentException(
          "visualbert_detect: no detector; set spark.visualbert.detector to its folder");
    }
    return new DetectSettings(detector, provider);
  }

  /**
   * Opens the detector on this node.
   *
   * @throws io.github.visualbert.error.ModelException when there is none, or it is invalid
   */
  RegionDetector open(String kernels, int threads) {
    return RegionDetector.builder(ModelSettings.folder(detector))
        .provider(kernels)
        .threads(threads)
        .open();
  }
}
