package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.FeatureFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the regions of pictures lie: JSON with {@code image} and {@code boxes} in pixels, or a
 * feature file that holds boxes. Not thread-safe.
 */
sealed interface RegionBoxes extends AutoCloseable {
  /**
   * Opens a file of either kind.
   *
   * @throws InputException when it cannot be read or is of neither kind
   */
  static RegionBoxes open(Path file) {
    try (ByteSource source = ByteSource.open(file)) {
      if (JsonRecords.follow(source)) {
        return InJson.read(file, source);
      }
    }
    return new InFeatures(file, FeatureFile.open(file));
  }

  /**
   * Returns the boxes of the regions of a caption's picture.
   *
   * @throws InputException when there are none
   */
  List<PixelBox> of(FlickrCaption caption);

  @Override
  void close();

  /** Boxes of all pictures, in memory. */
  record InJson(Path file, Map<String, List<PixelBox>> byImage) implements RegionBoxes {
    static InJson read(Path file, ByteSource source) {
      Map<String, List<PixelBox>> byImage = new HashMap<>();
      JsonRecords.forEach(
          source,
          (record, line) -> {
            String image = FlickrCaption.withoutEnding(ReplyLine.id(record, "image"));
            JsonArray corners = record.getArray("boxes");
            List<PixelBox> boxes = new ArrayList<>(corners.size());
            for (int i = 0; i < corners.size(); i++) {
              boxes.add(PixelBox.of(corners, i));
            }
            if (byImage.put(image, boxes) != null) {
              throw line.mismatch("picture " + image + " has boxes already");
            }
          });
      return new InJson(file, byImage);
    }

    @Override
    public List<PixelBox> of(FlickrCaption caption) {
      List<PixelBox> boxes = byImage.get(caption.image());
      if (boxes == null) {
        throw new InputException(
            Kind.MISMATCH,
            "%s: expected boxes for picture %s, found none".formatted(file, caption.image()));
      }
      return boxes;
    }

    @Override
    public void close() {}
  }

  /** Boxes beside the features of the pictures, read as they are asked for. */
  final class InFeatures implements RegionBoxes {
    private final Path file;
    private final FeatureFile features;
    private String image; // the last that was asked for; its captions follow each other
    private List<PixelBox> boxes;

    private InFeatures(Path file, FeatureFile features) {
      this.file = file;
      this.features = features;
    }

    @Override
    public List<PixelBox> of(FlickrCaption caption) {
      if (!caption.image().equals(image)) {
        boxes = read(caption);
        image = caption.image();
      }
      return boxes;
    }

    private List<PixelBox> read(FlickrCaption caption) {
      List<Box> fractions = features.read(caption.image()).boxes();
      if (fractions.isEmpty()) {
        throw new InputException(
            Kind.MISMATCH, file + ": expected features with boxes, found features alone");
      }
      return fractions.stream().map(box -> PixelBox.of(box, caption)).toList();
    }

    @Override
    public void close() {
      features.close();
    }
  }
}
