package io.github.visualbert.vision;

import io.github.visualbert.internal.file.InputFiles;
import java.nio.file.Path;
import java.util.List;

/** A {@code .npy} file: the features of one picture. */
final class NpyFeatureFile extends FeatureFile {
  private final Path file;

  NpyFeatureFile(Path file) {
    super(file.toString());
    this.file = file;
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public VisualFeatures read() {
    return parse(InputFiles.read(file, "region features", MAX_ARRAY_BYTES), source());
  }

  /** Reads the features of a file in memory. */
  static VisualFeatures parse(byte[] file, String source) {
    NpyArray array = NpyArray.parse(file, source);
    return VisualFeatures.ofFile(source, array.shape(), array.values());
  }

  @Override
  public VisualFeatures read(String name) {
    return readAlone(name);
  }

  @Override
  public void close() {}
}
