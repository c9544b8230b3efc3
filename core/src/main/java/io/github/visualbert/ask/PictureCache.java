package io.github.visualbert.ask;

import io.github.visualbert.VisualBert;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.FeatureOrigin;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The regions of pictures as a model sees them, from picture files or from feature files.
 *
 * <p>A file that was asked for recently gives the same object, which the model then projects once.
 * Not thread-safe.
 */
public final class PictureCache {
  /** How many numbers are kept: 64 MiB of floats, 200 pictures of 36 regions of 2048 columns. */
  private static final long MOST_NUMBERS = 1L << 24;

  private static final Pattern URL = Pattern.compile("(?i)[a-z][a-z0-9+.-]+:/");

  private final VisualBert model;
  private final Path folder;
  // by file, the one that was asked for longest ago first
  private final Map<String, VisualFeatures> lately = new LinkedHashMap<>(16, 0.75f, true);
  private final Optional<FeatureOrigin> trainedOn;
  private final AtomicReference<String> warning = new AtomicReference<>();
  private boolean warned;
  private long numbers;

  /**
   * Makes pictures for a model.
   *
   * @param folder what paths are relative to
   */
  public PictureCache(VisualBert model, Path folder) {
    this.model = model;
    this.folder = folder;
    this.trainedOn = model.trainedOn();
  }

  /**
   * Returns the regions of a PNG or JPEG.
   *
   * @throws io.github.visualbert.error.InputException when the picture is invalid
   * @throws io.github.visualbert.error.ModelException when the model does not say how to see
   *     pictures
   */
  public VisualFeatures image(String file) {
    Path path = path(file);
    return known("image " + path, () -> model.regions(path));
  }

  /**
   * Returns the regions that a feature file holds, or those of one of its pictures: {@code
   * FILE#NAME}, {@code FILE##INDEX}.
   *
   * @throws io.github.visualbert.error.InputException when the file is invalid
   */
  public VisualFeatures features(String fileAndName) {
    String path = path(fileAndName).toString();
    return known("features " + path, () -> fitting(read(path)));
  }

  /** Returns the path of a file that a row or an option names. */
  private Path path(String file) {
    if (URL.matcher(file).lookingAt()) {
      throw new InputException(
          Kind.MALFORMED, file + ": expected the path of a file, found a URL; download it first");
    }
    try {
      return folder.resolve(file);
    } catch (InvalidPathException e) {
      throw new InputException(Kind.MALFORMED, "expected the path of a file: " + e.getMessage(), e);
    }
  }

  /** Returns features if the model can take them. */
  VisualFeatures fitting(VisualFeatures features) {
    features.requireDim(model.config().visualEmbeddingDim());
    if (!warned && trainedOn.isPresent()) {
      trainedOn
          .get()
          .warning(features)
          .ifPresent(
              line -> {
                warned = true;
                warning.set(line);
              });
    }
    return features;
  }

  /**
   * Returns, once, a line about the first features that look like those of another detector than
   * the model was trained on, for they give wrong answers without a word; null when there are none.
   * Any thread may ask.
   */
  public String takeWarning() {
    return warning.getAndSet(null);
  }

  private VisualFeatures known(String key, Supplier<VisualFeatures> decode) {
    VisualFeatures picture = lately.get(key);
    if (picture == null) {
      picture = decode.get();
      lately.put(key, picture);
      numbers += numbers(picture);
      Iterator<VisualFeatures> oldest = lately.values().iterator();
      while (numbers > MOST_NUMBERS && lately.size() > 1) {
        numbers -= numbers(oldest.next());
        oldest.remove();
      }
    }
    return picture;
  }

  private static long numbers(VisualFeatures picture) {
    return (long) picture.regions() * picture.dim();
  }

  private static VisualFeatures read(String fileAndName) {
    int mark = fileAndName.indexOf('#');
    if (mark < 0 || Files.exists(Path.of(fileAndName))) {
      return FeatureFile.read(Path.of(fileAndName));
    }
    return FeatureFile.read(
        Path.of(fileAndName.substring(0, mark)), fileAndName.substring(mark + 1));
  }
}
