package io.github.visualbert.ask;

import io.github.visualbert.detect.GivenRegions;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.TaggedQuestion;
import io.github.visualbert.task.VcrItem;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads requests from the annotations of VCR as they are published, and looks at their pictures
 * through the tower of a checkpoint. Not thread-safe.
 *
 * <p>{@code img_fn} and {@code metadata_fn} of a line name the picture and the file of its boxes,
 * polygons and classes.
 */
public final class VcrReader implements RowReader {
  private static final int MAX_METADATA_BYTES = 1 << 26;

  /** Pictures that are remembered: the questions about one follow each other. */
  private static final int MAX_RECENT = 16;

  /** What was looked at. */
  private record Seen(String picture, String metadata, List<String> objects, List<Integer> use) {}

  private final VcrTower tower;
  private final RowFolder images;
  private final boolean rationales;
  // least recently used first
  private final Map<Seen, VisualFeatures> recent = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Makes a reader.
   *
   * @param tower stays the caller's to close
   * @param images the folder that {@code img_fn} and {@code metadata_fn} are relative to
   * @param rationales asks for the rationale of the right answer, instead of for the answer
   */
  public VcrReader(VcrTower tower, Path images, boolean rationales) {
    this.tower = tower;
    this.images = new RowFolder(images);
    this.rationales = rationales;
  }

  @Override
  public String idField() {
    return "annot_id";
  }

  @Override
  public Request request(JsonValue id, JsonObject row) {
    VcrItem item = VcrItem.of(row);
    if (rationales) {
      item.requireRationales(); // before a picture is looked at
    }
    VisualFeatures picture = look(item, row.getString("img_fn"), row.getString("metadata_fn"));
    TaggedQuestion question = rationales ? item.rationales(picture) : item.answers(picture);
    return Request.of(id, question);
  }

  private VisualFeatures look(VcrItem item, String picture, String metadata) {
    int[] use = item.regions();
    Seen key = new Seen(picture, metadata, item.objects(), Arrays.stream(use).boxed().toList());
    VisualFeatures seen = recent.get(key);
    if (seen == null) {
      seen = look(item.objects(), use, images.file(picture), images.file(metadata));
      recent.put(key, seen);
      if (recent.size() > MAX_RECENT) {
        Iterator<Seen> oldest = recent.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
    }
    return seen;
  }

  private VisualFeatures look(List<String> objects, int[] use, Path file, Path metadataFile) {
    byte[] text = TextFiles.read(metadataFile, "the metadata of a picture", MAX_METADATA_BYTES);
    JsonObject metadata;
    GivenRegions regions;
    try {
      metadata = Json.parseObject(text);
      regions = GivenRegions.of(metadata).using(use);
      requireObjects(objects, regions.names(), metadataFile);
      Picture picture = Picture.read(file);
      requireSize(picture, metadata, metadataFile);
      return tower.look(picture, regions);
    } catch (JsonException e) {
      throw new InputException(Kind.MALFORMED, metadataFile + ": " + e.getMessage(), e);
    }
  }

  private static void requireObjects(List<String> objects, List<String> names, Path file) {
    if (objects.size() != names.size()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected the %d objects of the question, found %d"
              .formatted(file, objects.size(), names.size()));
    }
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(objects.get(i))) {
        throw new InputException(
            Kind.MISMATCH,
            "%s: object %d is \"%s\", expected \"%s\" as in the question"
                .formatted(file, i, names.get(i), objects.get(i)));
      }
    }
  }

  private static void requireSize(Picture picture, JsonObject metadata, Path file) {
    int width = metadata.getInt("width", picture.width());
    int height = metadata.getInt("height", picture.height());
    if (width != picture.width() || height != picture.height()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: has boxes of a picture of %d x %d pixels, %s has %d x %d"
              .formatted(file, width, height, picture.source(), picture.width(), picture.height()));
    }
  }

  /** Does nothing: the tower is the caller's, and no file stays open. */
  @Override
  public void close() {}
}
