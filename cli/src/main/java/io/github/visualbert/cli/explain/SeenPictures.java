package io.github.visualbert.cli.explain;

import io.github.visualbert.ask.PictureReader;
import io.github.visualbert.cli.detector.DetectorPictures;
import io.github.visualbert.cli.draw.EmbeddedPicture;
import io.github.visualbert.cli.explanation.ShownPicture;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sees pictures through a detector, and remembers what it found for those who show it. */
final class SeenPictures implements PictureReader {
  private static final int MAX_PICTURE_BYTES = 256 << 20;

  /** A page holds pictures that a screen can show, and stays small enough to be sent. */
  private static final int LONGEST_SIDE = 1280;

  private static final int MOST_BYTES = 1_000_000;

  private final DetectorPictures detector; // null where the model sees by itself
  private final Map<String, Detection> detections = new HashMap<>(); // by the picture's name

  SeenPictures(DetectorPictures detector) {
    this.detector = detector;
  }

  @Override
  public VisualFeatures read(Path picture) {
    Detection detection = detector.detect(picture);
    VisualFeatures features = detector.rows(detection);
    detections.put(features.source(), detection);
    return features;
  }

  @Override
  public VisualFeatures read(byte[] file, String name) {
    return detector.read(file, name);
  }

  /**
   * Returns pictures as they are shown.
   *
   * @param files the files of the pictures, or none
   * @throws io.github.visualbert.error.InputException when one cannot be read
   */
  List<ShownPicture> shown(List<VisualFeatures> pictures, List<Path> files) {
    List<ShownPicture> shown = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      shown.add(shown(pictures.get(i), files.isEmpty() ? null : files.get(i)));
    }
    return shown;
  }

  private ShownPicture shown(VisualFeatures features, Path file) {
    Detection detection = detections.get(features.source());
    return ShownPicture.of(features, file == null ? null : image(file, detection), detection);
  }

  private EmbeddedPicture image(Path file, Detection detection) {
    byte[] bytes = InputFiles.read(file, "a picture", MAX_PICTURE_BYTES);
    Picture stored = Picture.decode(bytes, file.toString());
    Picture pixels = detection == null ? stored.upright() : detector.kind().orient(stored);
    try {
      return EmbeddedPicture.ofAtMost(bytes, stored, pixels, LONGEST_SIDE, MOST_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }
}
