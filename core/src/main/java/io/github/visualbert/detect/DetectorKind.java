package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.picture.Picture;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The detectors whose features VisualBERT was trained on, and what they do differently. */
public enum DetectorKind {
  /** Bottom-up attention: Faster R-CNN on ResNet-C4 with attributes, of Visual Genome. */
  BUTD(BoxConvention.PLAIN, 1e-5, true),
  /** Faster R-CNN on a ResNeXt pyramid, of Visual Genome. */
  PYTHIA(BoxConvention.LEGACY, 0, false),
  /** Detectron's Mask R-CNN on a ResNet pyramid, of COCO. */
  MASK_RCNN(BoxConvention.LEGACY_AT_THRESHOLD, 0, true),
  /** ResNet-50 with given boxes and masks. */
  VCR(BoxConvention.PLAIN, 1e-5, false);

  /** The kinds that this version runs. */
  private static final List<DetectorKind> SUPPORTED = List.of(BUTD);

  private final BoxConvention boxes;
  private final double epsilon;
  private final boolean upright;

  DetectorKind(BoxConvention boxes, double epsilon, boolean upright) {
    this.boxes = boxes;
    this.epsilon = epsilon;
    this.upright = upright;
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

  /**
   * Returns a picture as this kind of detector sees it, and as its boxes refer to it: turned
   * upright if the reference reads files with OpenCV, which heeds Exif data, and as stored if it
   * reads them with Pillow, which does not.
   */
  public Picture orient(Picture picture) {
    return upright ? picture.upright() : picture;
  }

  /** Returns how boxes are measured. */
  BoxConvention boxes() {
    return boxes;
  }

  /** Returns what frozen batch norm adds to a variance. */
  double epsilon() {
    return epsilon;
  }

  /**
   * Returns the kind of detector that a configuration is of.
   *
   * @param source where it is from, for messages
   * @throws ModelException when it is of none that this version runs
   */
  static DetectorKind recognise(ConfigSection config, String source) {
    if (BottomUpConfig.recognises(config)) {
      return BUTD;
    }
    throw new ModelException(
        Kind.UNSUPPORTED,
        "%s: expected the configuration of a detector, with sections resnets, roi_heads and roi_box_head, found %s"
            .formatted(
                source,
                config.json().keys().isEmpty()
                    ? "no section"
                    : config.json().keys().stream().limit(8).collect(Collectors.joining(", "))));
  }

  /**
   * Checks that this version runs this kind.
   *
   * @throws ModelException when it does not
   */
  void requireSupported(String source) {
    if (!SUPPORTED.contains(this)) {
      throw new ModelException(
          Kind.UNSUPPORTED,
          "%s: the detector %s is not supported yet, expected one of %s"
              .formatted(
                  source,
                  kindName(),
                  SUPPORTED.stream()
                      .map(DetectorKind::kindName)
                      .collect(Collectors.joining(", "))));
    }
  }
}
