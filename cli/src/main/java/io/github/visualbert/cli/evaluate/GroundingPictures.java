package io.github.visualbert.cli.evaluate;

import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The pictures of captions by name: PNG and JPEG files in a folder, or pictures of a feature file.
 *
 * @param source the folder or file
 * @param areFiles whether they are picture files
 * @param byName where each is, for {@link PictureCache}
 */
record GroundingPictures(Path source, boolean areFiles, Map<String, String> byName) {

  /**
   * Lists the pictures of a folder.
   *
   * @throws InputException when it cannot be read
   */
  static GroundingPictures inFolder(Path folder) {
    Map<String, String> byName = new HashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        String stem = name.replaceFirst("(?i)\\.(jpe?g|png)$", "");
        if (!stem.equals(name)) {
          byName.putIfAbsent(stem, file.toString());
        }
      }
    } catch (IOException e) {
      throw new InputException(Kind.UNREADABLE, folder + ": expected a folder of pictures", e);
    }
    return new GroundingPictures(folder, true, byName);
  }

  /**
   * Lists the pictures of a feature file.
   *
   * @throws InputException when it cannot be read
   */
  static GroundingPictures inFeatures(Path file) {
    Map<String, String> byName = new HashMap<>();
    try (FeatureFile features = FeatureFile.open(file)) {
      for (String name : features.names()) {
        byName.putIfAbsent(FlickrCaption.withoutEnding(name), file + "#" + name);
      }
    }
    return new GroundingPictures(file, false, byName);
  }

  boolean has(String image) {
    return byName.containsKey(image);
  }

  /**
   * Returns the regions of a picture.
   *
   * @throws InputException when it is invalid, or it is not known where the regions are
   */
  VisualFeatures regions(String image, PictureCache cache) {
    String place = byName.get(image);
    VisualFeatures features = areFiles ? cache.image(place) : cache.features(place);
    if (features.boxes().isEmpty()) {
      throw new InputException(
          Kind.MISMATCH,
          features.source() + ": expected features with boxes, found features alone");
    }
    return features;
  }

  /**
   * What the annotations ask for.
   *
   * @param captions those whose picture is there
   * @param names of pictures that are missing
   */
  record Found(long captions, Names names) {
    long missing() {
      return names.count();
    }
  }

  /**
   * Looks for the pictures of annotations, before any work is done for one.
   *
   * @param split a file with the names of the pictures that count, one a line; null for all
   * @param allowMissing whether pictures may be missing
   * @throws InputException when some are and must not, or the annotations are invalid
   */
  Found find(Path annotations, Path split, boolean allowMissing) {
    long[] captions = {0};
    Names missing = new Names();
    String[] last = {null};
    FlickrAnnotations.forEach(
        annotations,
        split,
        caption -> {
          if (has(caption.image())) {
            captions[0]++;
          } else if (!caption.image().equals(last[0])) {
            missing.add(caption.image());
          }
          last[0] = caption.image();
        });
    if (missing.count() > 0 && !allowMissing) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: pictures of %s are missing, %d in all (%s); --allow-missing leaves them out"
              .formatted(source, annotations, missing.count(), missing));
    }
    return new Found(captions[0], missing);
  }
}
