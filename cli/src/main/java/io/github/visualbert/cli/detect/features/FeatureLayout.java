package io.github.visualbert.cli.detect.features;

import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetector;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The files of region features that the references' programs write, with their names, columns and
 * types, for code that was written to read them.
 */
public enum FeatureLayout {
  /** Of MMF and Pythia: two files for each picture. */
  PYTHIA(null, 0, EnumSet.of(DetectorKind.PYTHIA)) {
    @Override
    public FeatureWriter writer(RegionDetector detector, boolean single) {
      return new PythiaFiles(detector);
    }
  },
  /** Of py-bottom-up-attention for LXMERT: lines of 36 regions, with classes and attributes. */
  LXMERT(FeatureFormat.TSV, 36, EnumSet.of(DetectorKind.BUTD)) {
    @Override
    public FeatureWriter writer(RegionDetector detector, boolean single) {
      return TsvFeatures.LXMERT;
    }
  },
  /** Of bottom-up attention: lines with boxes and features. */
  BOTTOM_UP(FeatureFormat.TSV, 0, EnumSet.complementOf(EnumSet.of(DetectorKind.VCR))) {
    @Override
    public FeatureWriter writer(RegionDetector detector, boolean single) {
      return TsvFeatures.BOTTOM_UP;
    }
  },
  /** Of the authors for NLVR2: a file for each picture, or one for all. */
  NLVR2(FeatureFormat.SAFETENSORS, 0, EnumSet.of(DetectorKind.MASK_RCNN)) {
    @Override
    public FeatureWriter writer(RegionDetector detector, boolean single) {
      return new Nlvr2Files(single);
    }
  };

  private final FeatureFormat single;
  private final int detections;
  private final Set<DetectorKind> kinds;

  /**
   * Describes a layout.
   *
   * @param single the format of one file for all pictures; null for none
   * @param detections how many regions a picture has; 0 for as many as the detector says
   * @param kinds the detectors that know what the files hold
   */
  FeatureLayout(FeatureFormat single, int detections, Set<DetectorKind> kinds) {
    this.single = single;
    this.detections = detections;
    this.kinds = kinds;
  }

  /**
   * Returns what writes the files.
   *
   * @param single whether there is one file for all pictures
   */
  public abstract FeatureWriter writer(RegionDetector detector, boolean single);

  /** Returns the format of one file for all pictures, if there is one. */
  public Optional<FeatureFormat> single() {
    return Optional.ofNullable(single);
  }

  /** Returns how many regions a picture has; 0 for as many as the detector says. */
  public int detections() {
    return detections;
  }

  /** Returns why a detector cannot fill these files, with the kinds that can. */
  public Optional<String> refusal(RegionDetector detector) {
    if (kinds.contains(detector.kind())) {
      return this == LXMERT && detector.attributeCount() == 0
          ? Optional.of("--layout lxmert holds attributes, which this detector does not know")
          : Optional.empty();
    }
    String fitting = kinds.stream().map(DetectorKind::kindName).collect(Collectors.joining(", "));
    return Optional.of(
        "--layout %s needs a detector of the kind %s, found %s"
            .formatted(this, fitting, detector.kind().kindName()));
  }

  /** Returns the layout of a name as the command line has it. */
  public static Optional<FeatureLayout> of(String name) {
    return Arrays.stream(values()).filter(layout -> layout.toString().equals(name)).findFirst();
  }

  /** Returns all names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(FeatureLayout::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
