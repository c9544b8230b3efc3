package io.github.visualbert.ask;

import io.github.visualbert.error.InputException;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Feature files of many pictures. They stay open with their index, so that reading all their
 * pictures takes linear time. Not thread-safe.
 */
final class FeatureFiles implements AutoCloseable {
  /** The most open files. Data sets come in fewer parts than that. */
  static final int MAX_OPEN = 32;

  /**
   * A file, or why it cannot be opened.
   *
   * @param file null when it cannot
   */
  private record Opened(FeatureFile file, InputException failure) {}

  private final Function<Path, FeatureFile> opener;
  // least recently used first
  private final Map<Path, Opened> recent = new LinkedHashMap<>(16, 0.75f, true);

  FeatureFiles(Function<Path, FeatureFile> opener) {
    this.opener = opener;
  }

  /**
   * Reads one picture of a file, by its name or as {@code #index}.
   *
   * @throws InputException when the file or the picture is invalid
   */
  VisualFeatures read(Path file, String name) {
    Opened opened = recent.computeIfAbsent(file, this::open);
    if (recent.size() > MAX_OPEN) {
      Iterator<Opened> oldest = recent.values().iterator();
      close(oldest.next());
      oldest.remove();
    }
    if (opened.failure() != null) {
      throw opened.failure();
    }
    return opened.file().read(name);
  }

  private Opened open(Path file) {
    try {
      return new Opened(opener.apply(file), null);
    } catch (InputException e) {
      return new Opened(null, e);
    }
  }

  private static void close(Opened opened) {
    if (opened.file() != null) {
      opened.file().close();
    }
  }

  /** Closes all files. A later read opens its file again. */
  @Override
  public void close() {
    recent.values().forEach(FeatureFiles::close);
    recent.clear();
  }
}
