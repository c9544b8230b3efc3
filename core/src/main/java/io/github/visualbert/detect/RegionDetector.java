package io.github.visualbert.detect;

import io.github.visualbert.picture.Picture;
import java.nio.file.Path;
import java.util.List;

/** An open object detector: open it once, use it from any number of threads, close it. */
public final class RegionDetector implements AutoCloseable {
  RegionDetector() {}

  /**
   * Opens a folder with everything at its default: see {@link RegionDetectorBuilder}.
   *
   * @param folder holds {@code config.json}, the weights and perhaps label files
   * @throws io.github.visualbert.error.ModelException when the folder cannot be used
   */
  public static RegionDetector open(Path folder) {
    return builder(folder).open();
  }

  /** Returns a builder that opens a folder with settings of your own. */
  public static RegionDetectorBuilder builder(Path folder) {
    return new RegionDetectorBuilder(folder);
  }

  /**
   * Finds the regions of a picture file.
   *
   * @param picture a PNG or JPEG file
   * @throws io.github.visualbert.error.InputException when the picture cannot be used
   */
  public Detection detect(Path picture) {
    return detect(Picture.read(picture));
  }

  /**
   * Finds the regions of a picture whose file is in memory.
   *
   * @param file the bytes of a PNG or JPEG file
   * @param name what messages call the picture
   */
  public Detection detect(byte[] file, String name) {
    return detect(Picture.decode(file, name));
  }

  /** Finds the regions of a decoded picture. */
  public Detection detect(Picture picture) {
    throw new UnsupportedOperationException();
  }

  /** Passes every stage of a detection to a sink. */
  public void trace(Picture picture, StageSink sink) {
    throw new UnsupportedOperationException();
  }

  /** Returns which detector this is. */
  public DetectorKind kind() {
    throw new UnsupportedOperationException();
  }

  /** Returns the names of the classes, or an empty list when there are no label files. */
  public List<String> objectLabels() {
    throw new UnsupportedOperationException();
  }

  /** Returns the names of the attributes, or an empty list when there are no label files. */
  public List<String> attributeLabels() {
    throw new UnsupportedOperationException();
  }

  /** Returns the number of columns of a region's features. */
  public int featureDim() {
    throw new UnsupportedOperationException();
  }

  /** Returns the fewest and the most regions of a picture, as configured. */
  public int minDetections() {
    throw new UnsupportedOperationException();
  }

  public int maxDetections() {
    throw new UnsupportedOperationException();
  }

  /** Returns one line about the network: kind, depth, channels, sizes. */
  public String describe() {
    throw new UnsupportedOperationException();
  }

  /** Returns one line about the kernels that compute. */
  public String kernels() {
    throw new UnsupportedOperationException();
  }

  /** Returns a digest of the configuration and the weights, in hexadecimal. */
  public String fingerprint() {
    throw new UnsupportedOperationException();
  }

  /** Returns the bytes that one picture takes beside the weights. */
  public long estimatedBytes(int width, int height) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
