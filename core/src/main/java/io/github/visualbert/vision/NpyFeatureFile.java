package io.github.visualbert.vision;

import java.util.List;

/** A {@code .npy} file: the features of one picture. */
final class NpyFeatureFile extends FeatureFile {
  private final byte[] file;

  NpyFeatureFile(String source, byte[] file) {
    super(source);
    this.file = file;
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public VisualFeatures read() {
    NpyArray array = NpyArray.parse(file, source());
    return VisualFeatures.ofFile(source(), array.shape(), array.values());
  }

  @Override
  public VisualFeatures read(String name) {
    return readAlone(name);
  }

  @Override
  public void close() {}
}
