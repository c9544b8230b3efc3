package io.github.visualbert.ask;

import io.github.visualbert.VisualBert;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.FeatureOrigin;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Loads the regions of pictures for a model, from picture files or from feature files.
 *
 * <p>Recently used pictures are cached and return the same object, which the model then projects
 * only once. Files of many pictures stay open until {@link #close}. Not thread-safe.
 */
public final class PictureCache implements AutoCloseable {
  /** Maximum numbers in the cache: 64 MiB of floats, 200 pictures of 36 regions of 2048 columns. */
  private static final long MAX_NUMBERS = 1L << 24;

  private final VisualBert model;
  private final PictureReader reader; // or null, where the model sees by itself
  private final RowFolder folder;
  private final FeatureFiles featureFiles = new FeatureFiles(FeatureFile::open);
  // by file, or by the digest of its bytes; least recently used first
  private final Map<String, VisualFeatures> recent = new LinkedHashMap<>(16, 0.75f, true);
  private final Optional<FeatureOrigin> trainedOn;
  private final AtomicReference<String> warning = new AtomicReference<>();
  private boolean warned;
  private long numbers;

  /**
   * Makes an empty cache for a model.
   *
   * @param folder what paths are relative to
   */
  public PictureCache(VisualBert model, Path folder) {
    this(model, folder, null);
  }

  /**
   * Makes an empty cache for a model that is given another's eyes.
   *
   * @param reader computes the regions of pictures; null to let the model do it
   */
  public PictureCache(VisualBert model, Path folder, PictureReader reader) {
    this.model = model;
    this.reader = reader;
    this.folder = new RowFolder(folder);
    this.trainedOn = model.trainedOn();
  }

  /**
   * Returns the regions of a picture of a row.
   *
   * @throws io.github.visualbert.error.InputException when the picture is invalid
   * @throws io.github.visualbert.error.ModelException when the model has no settings for pictures
   */
  VisualFeatures regions(RowPicture picture) {
    return switch (picture) {
      case RowPicture.File(String path) -> image(folder.file(path));
      case RowPicture.Encoded(byte[] file, String name) ->
          cached(
              "bytes " + digest(file),
              () ->
                  reader == null
                      ? model.regions(file, name)
                      : fitting(reader.read(file, name), reader.origin()));
      case RowPicture.FeatureName(String fileAndName) -> features(folder.file(fileAndName));
      case RowPicture.Regions(VisualFeatures features) -> fitting(features);
      case RowPicture.Taken(VisualFeatures features) -> features;
    };
  }

  private static String digest(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  /**
   * Returns the regions of a PNG or JPEG.
   *
   * @throws io.github.visualbert.error.InputException when the picture is invalid
   * @throws io.github.visualbert.error.ModelException when the model has no settings for pictures
   */
  public VisualFeatures image(String file) {
    return image(folder.path(file));
  }

  private VisualFeatures image(Path path) {
    return cached(
        "image " + path,
        () -> reader == null ? model.regions(path) : fitting(reader.read(path), reader.origin()));
  }

  /**
   * Returns the regions that a feature file holds, or those of one of its pictures: {@code
   * FILE#NAME}, {@code FILE##INDEX}.
   *
   * @throws io.github.visualbert.error.InputException when the file is invalid
   */
  public VisualFeatures features(String fileAndName) {
    return features(folder.path(fileAndName));
  }

  private VisualFeatures features(Path fileAndName) {
    String path = fileAndName.toString();
    return cached("features " + path, () -> fitting(read(path)));
  }

  /** Returns what the model takes of features, after checking that they fit it. */
  VisualFeatures fitting(VisualFeatures features) {
    return fitting(features, Optional.empty());
  }

  /** Does so; an origin that is known is not guessed. */
  private VisualFeatures fitting(VisualFeatures features, Optional<FeatureOrigin> known) {
    trainedOn.ifPresent(origin -> origin.requireDim(features));
    VisualFeatures taken = model.regions(features);
    if (!warned && trainedOn.isPresent()) {
      FeatureOrigin expected = trainedOn.get();
      known
          .map(origin -> expected.warning(features, origin))
          .orElseGet(() -> expected.warning(features))
          .ifPresent(
              line -> {
                warned = true;
                warning.set(line);
              });
    }
    return taken;
  }

  /**
   * Returns a warning about the first features that look like those of another detector than the
   * model was trained on, since they silently give wrong answers. Null when there are none, or the
   * warning was returned before. Thread-safe.
   */
  public String takeWarning() {
    return warning.getAndSet(null);
  }

  private VisualFeatures cached(String key, Supplier<VisualFeatures> decode) {
    VisualFeatures picture = recent.get(key);
    if (picture == null) {
      picture = decode.get();
      recent.put(key, picture);
      numbers += numbers(picture);
      Iterator<VisualFeatures> oldest = recent.values().iterator();
      while (numbers > MAX_NUMBERS && recent.size() > 1) {
        numbers -= numbers(oldest.next());
        oldest.remove();
      }
    }
    return picture;
  }

  private static long numbers(VisualFeatures picture) {
    return (long) picture.regions() * picture.dim();
  }

  private VisualFeatures read(String fileAndName) {
    int mark = mark(fileAndName);
    if (mark < 0) {
      return FeatureFile.read(Path.of(fileAndName));
    }
    return featureFiles.read(
        Path.of(fileAndName.substring(0, mark)), fileAndName.substring(mark + 1));
  }

  /**
   * Returns the index of the mark between the file and the name, or -1 where there is none. Folders
   * and files may have it in their own names.
   */
  private static int mark(String fileAndName) {
    int first = fileAndName.indexOf('#');
    if (first < 0 || Files.exists(Path.of(fileAndName))) {
      return -1;
    }
    for (int mark = first; mark >= 0; mark = fileAndName.indexOf('#', mark + 1)) {
      if (Files.isRegularFile(Path.of(fileAndName.substring(0, mark)))) {
        return mark;
      }
    }
    return first;
  }

  /** Closes the files that are open. A later use opens them again. */
  @Override
  public void close() {
    featureFiles.close();
  }
}
