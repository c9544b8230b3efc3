package io.github.visualbert.detect;

import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Opens a detector with settings. Not thread-safe; every setting has a default. */
public final class RegionDetectorBuilder {
  RegionDetectorBuilder(Path folder) {}

  /**
   * Takes the configuration from a text instead of {@code config.json}.
   *
   * @param json the configuration as JSON
   * @param source where it is from, for messages
   */
  public RegionDetectorBuilder configuration(String json, String source) {
    return this;
  }

  /** Takes the weights from this file instead of looking in the folder. */
  public RegionDetectorBuilder weights(Path file) {
    return this;
  }

  /** Takes the label files from this folder instead of the detector's. */
  public RegionDetectorBuilder labels(Path folder) {
    return this;
  }

  /** Opens this kind of detector instead of the one that the configuration is of. */
  public RegionDetectorBuilder kind(DetectorKind kind) {
    return this;
  }

  /** Keeps other numbers of regions than the configuration says. */
  public RegionDetectorBuilder detections(int least, int most) {
    return this;
  }

  /** Computes with these kernels: {@code simd}, {@code scalar} or {@code auto}, the default. */
  public RegionDetectorBuilder provider(String name) {
    return this;
  }

  /** Sets the number of threads that compute, the caller's included. */
  public RegionDetectorBuilder threads(int count) {
    return this;
  }

  /** Borrows helper threads from an executor instead of starting them. */
  public RegionDetectorBuilder executor(Executor lender) {
    return this;
  }

  /**
   * Opens the detector.
   *
   * @throws io.github.visualbert.error.ModelException when the folder cannot be used
   */
  public RegionDetector open() {
    throw new UnsupportedOperationException();
  }
}
