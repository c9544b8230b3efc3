package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.FeatureOrigin;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The detectors whose features VisualBERT was trained on, and what they do differently. */
public enum DetectorKind {
  /** Bottom-up attention: Faster R-CNN on ResNet-C4 with attributes, of Visual Genome. */
  BUTD(
      1e-5,
      true,
      WeightsForm.DETECTRON2,
      FeatureOrigin.BOTTOM_UP,
      BottomUpConfig::recognises,
      BottomUpConfig::read,
      BottomUpAttention::load),
  /** Faster R-CNN on a ResNeXt pyramid, of Visual Genome. */
  PYTHIA(
      0,
      false,
      WeightsForm.BENCHMARK,
      FeatureOrigin.RESNEXT_FPN,
      BenchmarkConfig::recognises,
      BenchmarkConfig::read,
      pyramid(PyramidTraits.PYTHIA)),
  /** Detectron's Mask R-CNN on a ResNet pyramid, of COCO. */
  MASK_RCNN(
      0,
      true,
      WeightsForm.CAFFE2,
      FeatureOrigin.MASK_RCNN,
      DetectronConfig::recognises,
      DetectronConfig::read,
      pyramid(PyramidTraits.MASK_RCNN)),
  /** ResNet-50 with given boxes and masks. */
  VCR(1e-5, false, WeightsForm.TOWER, FeatureOrigin.VCR_TOWER, config -> false, null, null);

  /** Makes the network of a kind. */
  @FunctionalInterface
  interface Loader {
    /**
     * Loads the network.
     *
     * @throws ModelException when the weights do not fit it
     */
    RegionNetwork load(DetectorConfig config, DetectorWeights weights, Kernels kernels);
  }

  private final double epsilon;
  private final boolean upright;
  private final WeightsForm form;
  private final FeatureOrigin origin;
  private final Predicate<ConfigSection> recogniser;
  private final Function<ConfigSection, DetectorConfig> reader;
  private final Loader loader;

  DetectorKind(
      double epsilon,
      boolean upright,
      WeightsForm form,
      FeatureOrigin origin,
      Predicate<ConfigSection> recogniser,
      Function<ConfigSection, DetectorConfig> reader,
      Loader loader) {
    this.epsilon = epsilon;
    this.upright = upright;
    this.form = form;
    this.origin = origin;
    this.recogniser = recogniser;
    this.reader = reader;
    this.loader = loader;
  }

  private static Loader pyramid(PyramidTraits traits) {
    return (config, weights, kernels) -> PyramidNetwork.load(config, weights, kernels, traits);
  }

  /**
   * Returns the kind of a name as files and the command line write it.
   *
   * @throws IllegalArgumentException for a name that is none
   */
  public static DetectorKind of(String name) {
    for (DetectorKind kind : values()) {
      if (kind.kindName().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "unknown detector \"%s\", expected one of %s"
            .formatted(
                name,
                Arrays.stream(values())
                    .map(DetectorKind::kindName)
                    .collect(Collectors.joining(", "))));
  }

  /** Returns the name that files and the command line write, such as {@code butd}. */
  public String kindName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns where the features of this kind come from, without columns for boxes. */
  public FeatureOrigin origin() {
    return origin;
  }

  /**
   * Returns a picture as this kind of detector sees it, and as its boxes refer to it: turned
   * upright if the reference reads files with OpenCV, which heeds Exif data, and as stored if it
   * reads them with Pillow, which does not.
   */
  public Picture orient(Picture picture) {
    return upright ? picture.upright() : picture;
  }

  /** Returns what frozen batch norm adds to a variance. */
  double epsilon() {
    return epsilon;
  }

  /** Returns how the weights are written. */
  WeightsForm form() {
    return form;
  }

  /**
   * Reads a configuration of this kind.
   *
   * @throws io.github.visualbert.internal.json.JsonException when it is none, or says something
   *     that this library does not do
   */
  DetectorConfig read(ConfigSection config) {
    return reader.apply(config);
  }

  /** Loads the network of this kind. */
  RegionNetwork load(DetectorConfig config, DetectorWeights weights, Kernels kernels) {
    return loader.load(config, weights, kernels);
  }

  /**
   * Returns the kind of detector that a configuration is of.
   *
   * @param source where it is from, for messages
   * @throws ModelException when it is of none that this version runs
   */
  static DetectorKind recognise(ConfigSection config, String source) {
    for (DetectorKind kind : values()) {
      if (kind.recogniser.test(config)) {
        return kind;
      }
    }
    throw new ModelException(
        Kind.UNSUPPORTED,
        "%s: expected the configuration of a detector, with sections resnets, roi_heads and roi_box_head, MODEL with BACKBONE, or MODEL with CONV_BODY and TEST, found %s"
            .formatted(
                source,
                config.json().keys().isEmpty()
                    ? "no section"
                    : config.json().keys().stream().limit(8).collect(Collectors.joining(", "))));
  }

  /**
   * Checks that this kind finds regions by itself.
   *
   * @throws ModelException when it does not
   */
  void requireFinds(String source) {
    if (loader == null) {
      throw new ModelException(
          Kind.UNSUPPORTED, "%s: %s %s".formatted(source, kindName(), VcrTower.GIVEN_REGIONS));
    }
  }
}
