package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of region features, of one picture or of many by name.
 *
 * <p>What a file is, its first bytes say, not its name. Known are NumPy arrays ({@code .npy}).
 *
 * <p>A name is what the file itself calls the features. {@code #3} is the fourth of a file, whatever it is called.
 *
 * <p>Not thread-safe; the features that are read are.
 */
public abstract sealed class FeatureFile implements AutoCloseable permits NpyFeatureFile {
  private static final int MAX_SMALL_FILE = 8 * VisualFeatures.MAX_NUMBERS + (1 << 17);

  private final String source;

  FeatureFile(String source) {
    this.source = source;
  }

  /**
   * Opens a file. Closing it does not touch features that were read.
   *
   * @throws InputException when the file cannot be read, is damaged, or is of no known format
   */
  public static FeatureFile open(Path file) {
    byte[] bytes = InputFiles.readAll(file, MAX_SMALL_FILE);
    if (NpyArray.recognises(bytes)) {
      return new NpyFeatureFile(file.toString(), bytes);
    }
    throw new InputException(
        Kind.UNSUPPORTED,
        "%s: expected region features (.npy), found %s".formatted(file, InputFiles.describe(bytes)));
  }

  /** Reads the features of a file that holds those of one picture. */
  public static VisualFeatures read(Path file) {
    try (FeatureFile open = open(file)) {
      return open.read();
    }
  }

  /** Reads the features of one picture of a file, by its name or as {@code #index}. */
  public static VisualFeatures read(Path file, String name) {
    try (FeatureFile open = open(file)) {
      return open.read(name);
    }
  }

  /** Returns the path, for messages. */
  public String source() {
    return source;
  }

  /** Returns the names of the pictures in the order of the file; empty where the file holds one without a name. */
  public abstract List<String> names();

  /**
   * Reads the features of the only picture.
   *
   * @throws InputException when there are several, or they are damaged
   */
  public abstract VisualFeatures read();

  /**
   * Reads the features of one picture, by its name or as {@code #index}.
   *
   * @throws InputException when there is none of that name, or its features are damaged
   */
  public abstract VisualFeatures read(String name);

  @Override
  public abstract void close();
}
