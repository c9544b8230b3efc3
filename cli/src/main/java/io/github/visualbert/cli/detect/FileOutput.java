package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.detect.features.FeatureWriter;
import io.github.visualbert.cli.detect.features.NamedDetection;
import io.github.visualbert.detect.Detection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One file of features for all pictures, written in the end from the detections that a cache holds.
 */
final class FileOutput implements FeatureOutput {
  private final Path file;
  private final FeatureWriter writer;
  private final boolean alone;
  private final Function<Path, Detection> cache; // null for a picture alone
  private final List<NamedDetection> pictures = new ArrayList<>();

  /**
   * Begins a file.
   *
   * @param alone whether it is the file of one picture
   * @param cache returns a detection again; not needed for a picture alone
   */
  FileOutput(Path file, FeatureWriter writer, boolean alone, Function<Path, Detection> cache) {
    this.file = file;
    this.writer = writer;
    this.alone = alone;
    this.cache = cache;
  }

  @Override
  public boolean holds(PictureFile picture) {
    return false;
  }

  @Override
  public void add(PictureFile picture, Detection detection) {
    pictures.add(
        new NamedDetection(
            picture.name(), alone ? () -> detection : () -> cache.apply(picture.path())));
  }

  /** Writes the file; there is none if no picture could be used. */
  @Override
  public void finish() {
    if (!pictures.isEmpty()) {
      writer.write(file, pictures, alone);
    }
  }

  @Override
  public void close() {}
}
