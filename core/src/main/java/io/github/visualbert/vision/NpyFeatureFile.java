package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
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
    if (name.equals("#0")) {
      return read();
    }
    throw new InputException(
        Kind.MISMATCH,
        "%s: expected a file of several pictures to find %s in, found one picture's features"
            .formatted(source(), name));
  }

  @Override
  public void close() {}
}
