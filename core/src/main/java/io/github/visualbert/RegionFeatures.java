package io.github.visualbert;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.extract.FeatureExtractor;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;
import java.util.function.Supplier;

/**
 * The regions that an object detector finds, for a model that was trained on them: the detector's
 * features, and for some models the region's box in six more columns.
 *
 * <p>Thread-safe. A detector that this opened, it closes.
 */
final class RegionFeatures implements FeatureExtractor, AutoCloseable {
  private final Supplier<RegionDetector> opening; // null for one that is given
  private final boolean boxColumns;
  private RegionDetector detector; // guarded by this
  private boolean closed; // guarded by this

  private RegionFeatures(
      RegionDetector detector, Supplier<RegionDetector> opening, boolean boxColumns) {
    this.detector = detector;
    this.opening = opening;
    this.boxColumns = boxColumns;
  }

  /** Uses a detector that stays the caller's to close. */
  static RegionFeatures of(RegionDetector detector, boolean boxColumns) {
    return new RegionFeatures(detector, null, boxColumns);
  }

  /** Opens a detector for the first picture: whoever brings features needs none. */
  static RegionFeatures opening(Supplier<RegionDetector> opening, boolean boxColumns) {
    return new RegionFeatures(null, opening, boxColumns);
  }

  /**
   * Returns whether a {@code preprocessor_config.json} asks for the box of a region in columns.
   *
   * @throws io.github.visualbert.internal.json.JsonException when it asks for other columns than
   *     the six that there are, in their order
   */
  static boolean boxColumns(JsonObject json) {
    if (!json.has("box_columns") || json.getArray("box_columns").size() == 0) {
      return false;
    }
    List<String> columns = json.getArray("box_columns").toStrings();
    if (!columns.equals(Detection.BOX_COLUMNS)) {
      throw json.expected("box_columns", String.join(", ", Detection.BOX_COLUMNS) + ", or none");
    }
    if (!json.getString("box_scale", "picture").equals("picture")) {
      throw json.expected("box_scale", "\"picture\"");
    }
    return true;
  }

  private synchronized RegionDetector detector() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
    if (detector == null) {
      detector = opening.get();
    }
    return detector;
  }

  @Override
  public int dim() {
    return detector().featureDim() + (boxColumns ? Detection.BOX_COLUMNS.size() : 0);
  }

  @Override
  public VisualFeatures extract(Picture picture) {
    Detection detection = detector().detect(picture);
    return boxColumns ? detection.featuresWithBoxColumns() : detection.features();
  }

  /** Closes the detector if it was opened here; later calls throw. */
  @Override
  public synchronized void close() {
    closed = true;
    if (opening != null && detector != null) {
      detector.close();
    }
  }
}
