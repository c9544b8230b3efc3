package io.github.visualbert.detect;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The detectors whose features VisualBERT was trained on, and what they do differently. */
public enum DetectorKind {
  /** Bottom-up attention: Faster R-CNN on ResNet-C4 with attributes, of Visual Genome. */
  BUTD,
  /** Faster R-CNN on a ResNeXt pyramid, of Visual Genome. */
  PYTHIA,
  /** Detectron's Mask R-CNN on a ResNet pyramid, of COCO. */
  MASK_RCNN,
  /** ResNet-50 with given boxes and masks. */
  VCR;

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
}
