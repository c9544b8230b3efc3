package io.github.visualbert.cli.detector;

import io.github.visualbert.ask.PictureReader;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.vision.FeatureOrigin;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sees pictures for a model through a detector, which is opened by the first picture. Rows get the
 * six columns of their box where the model expects six more than the detector has. Thread-safe.
 */
public final class DetectorPictures implements PictureReader, AutoCloseable {
  private final RegionSettings settings;
  private final int modelColumns;
  private final UnaryOperator<RegionDetectorBuilder> compute;
  private final Path cacheFolder;
  private RegionDetector detector;
  private DetectionCache cache; // null without a folder

  /**
   * Describes the detector, without opening it.
   *
   * @param modelColumns the columns that the model expects
   * @param compute sets kernels and threads
   * @param cacheFolder keeps detections; null to keep none
   */
  public DetectorPictures(
      RegionSettings settings,
      int modelColumns,
      UnaryOperator<RegionDetectorBuilder> compute,
      Path cacheFolder) {
    this.settings = settings;
    this.modelColumns = modelColumns;
    this.compute = compute;
    this.cacheFolder = cacheFolder;
  }

  private synchronized RegionDetector open() {
    if (detector == null) {
      detector = compute.apply(settings.builder()).open();
      cache = cacheFolder == null ? null : new DetectionCache(cacheFolder, detector);
    }
    return detector;
  }

  /** Returns a digest of everything that decides what the detector sees. */
  public String fingerprint() {
    return open().fingerprint();
  }

  /** Returns the kind of the detector. */
  public DetectorKind kind() {
    return open().kind();
  }

  /** Returns what the detector sees in a PNG or JPEG file. */
  public Detection detect(Path picture) {
    RegionDetector opened = open();
    return cache == null ? opened.detect(picture) : cache.detect(picture);
  }

  @Override
  public VisualFeatures read(Path picture) {
    return rows(detect(picture));
  }

  @Override
  public VisualFeatures read(byte[] file, String name) {
    RegionDetector opened = open();
    return rows(cache == null ? opened.detect(file, name) : cache.detect(file, name));
  }

  @Override
  public Optional<FeatureOrigin> origin() {
    RegionDetector opened = open();
    FeatureOrigin origin = opened.kind().origin();
    return Optional.of(
        origin == FeatureOrigin.BOTTOM_UP && hasBoxColumns(opened.featureDim())
            ? FeatureOrigin.BOTTOM_UP_WITH_BOXES
            : origin);
  }

  private boolean hasBoxColumns(int detectorColumns) {
    return modelColumns == detectorColumns + Detection.BOX_COLUMNS.size();
  }

  /** Returns the regions of a detection as the model reads them. */
  public VisualFeatures rows(Detection detection) {
    VisualFeatures features = detection.features();
    return hasBoxColumns(features.dim()) ? detection.featuresWithBoxColumns() : features;
  }

  @Override
  public synchronized void close() {
    if (detector != null) {
      detector.close();
    }
  }
}
