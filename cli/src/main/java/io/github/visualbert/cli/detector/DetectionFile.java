package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A detection as a safetensors file, with R regions: {@code visual_embeds} (R, columns), {@code
 * boxes} (R, 4) in pixels, {@code proposals}, {@code object_ids}, {@code object_probs}, {@code
 * selection_probs}, {@code attribute_ids} and {@code attribute_probs} (R), and {@code image_size},
 * width and height. The metadata hold the {@code threshold} of the last suppression, and a checksum
 * of the tensors.
 */
public final class DetectionFile {
  /** The name of the rows of features. */
  public static final String FEATURES = "visual_embeds";

  private static final String BOXES = "boxes";
  private static final String PROPOSALS = "proposals";
  private static final String OBJECT_IDS = "object_ids";
  private static final String OBJECT_PROBS = "object_probs";
  private static final String SELECTION_PROBS = "selection_probs";
  private static final String ATTRIBUTE_IDS = "attribute_ids";
  private static final String ATTRIBUTE_PROBS = "attribute_probs";
  private static final String IMAGE_SIZE = "image_size";
  private static final String THRESHOLD = "threshold";
  private static final String CHECKSUM = "crc32";

  private final Path file;
  private final Map<String, Tensor> tensors;

  private DetectionFile(Path file, Map<String, Tensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /** Returns the tensors of a detection by their names. */
  public static Map<String, Tensor> tensors(Detection detection) {
    RegionTable table = RegionTable.of(detection);
    int count = detection.regions().size();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(FEATURES, detection.features().tensor());
    tensors.put(BOXES, Tensor.of(table.boxes(), count, 4));
    tensors.put(PROPOSALS, Tensor.of(table.proposals(), count));
    tensors.put(OBJECT_IDS, Tensor.of(table.objectIds(), count));
    tensors.put(OBJECT_PROBS, Tensor.of(table.objectProbs(), count));
    tensors.put(SELECTION_PROBS, Tensor.of(table.selectionProbs(), count));
    tensors.put(ATTRIBUTE_IDS, Tensor.of(table.attributeIds(), count));
    tensors.put(ATTRIBUTE_PROBS, Tensor.of(table.attributeProbs(), count));
    tensors.put(IMAGE_SIZE, Tensor.of(new long[] {detection.width(), detection.height()}, 2));
    return tensors;
  }

  /**
   * Writes a detection.
   *
   * @throws IOException when that fails; then a file of that name is as it was
   */
  public static void write(Path file, Detection detection) throws IOException {
    Map<String, Tensor> tensors = tensors(detection);
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(writer::add);
    writer.metadata(THRESHOLD, Double.toString(detection.threshold()));
    writer.metadata(CHECKSUM, checksum(tensors)).write(file);
  }

  private static String checksum(Map<String, Tensor> tensors) {
    CRC32 sum = new CRC32();
    for (Tensor tensor : tensors.values()) {
      for (long i = 0; i < tensor.elementCount(); i++) {
        long bits =
            tensor.dtype() == DType.F32
                ? Float.floatToRawIntBits(tensor.getFloat(i))
                : tensor.getLong(i);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
          sum.update((int) (bits >>> shift));
        }
      }
    }
    return Long.toHexString(sum.getValue());
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param source what the picture is called in messages
   * @param detector whose labels name the regions
   * @throws VisualBertException when the file cannot be read, or holds something else
   */
  static Detection read(Path file, String source, RegionDetector detector) {
    try (Arena arena = Arena.ofConfined();
        TensorSource stored = TensorSource.open(file, arena)) {
      return stored.reading(
          () -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            int count = (int) (stored.tensor(BOXES).elementCount() / 4);
            if (count < 1) {
              throw malformed(file, "no boxes");
            }
            tensors.put(
                FEATURES, tensor(file, stored, FEATURES, DType.F32, count, detector.featureDim()));
            tensors.put(BOXES, tensor(file, stored, BOXES, DType.F32, count, 4));
            tensors.put(PROPOSALS, tensor(file, stored, PROPOSALS, DType.I64, count));
            tensors.put(OBJECT_IDS, tensor(file, stored, OBJECT_IDS, DType.I64, count));
            tensors.put(OBJECT_PROBS, tensor(file, stored, OBJECT_PROBS, DType.F32, count));
            tensors.put(SELECTION_PROBS, tensor(file, stored, SELECTION_PROBS, DType.F32, count));
            tensors.put(ATTRIBUTE_IDS, tensor(file, stored, ATTRIBUTE_IDS, DType.I64, count));
            tensors.put(ATTRIBUTE_PROBS, tensor(file, stored, ATTRIBUTE_PROBS, DType.F32, count));
            tensors.put(IMAGE_SIZE, tensor(file, stored, IMAGE_SIZE, DType.I64, 2));
            if (!checksum(tensors).equals(stored.metadata().get(CHECKSUM))) {
              throw malformed(file, "another checksum than it states");
            }
            return new DetectionFile(file, tensors)
                .detection(source, detector, threshold(file, stored));
          });
    }
  }

  private static double threshold(Path file, TensorSource stored) {
    String text = stored.metadata().getOrDefault(THRESHOLD, "none");
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw malformed(file, "the threshold " + Printable.of(text));
    }
  }

  private static Tensor tensor(
      Path file, TensorSource source, String name, DType dtype, long... shape) {
    Tensor tensor = source.tensor(name);
    if (tensor.dtype() != dtype || !Arrays.equals(tensor.shape(), shape)) {
      throw malformed(file, name + " as " + tensor);
    }
    return tensor;
  }

  private Detection detection(String source, RegionDetector detector, double threshold) {
    int width = (int) tensors.get(IMAGE_SIZE).getLong(0);
    int height = (int) tensors.get(IMAGE_SIZE).getLong(1);
    Tensor boxes = tensors.get(BOXES);
    int count = (int) boxes.size(0);
    List<Region> regions = new ArrayList<>(count);
    List<Box> places = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      float x1 = boxes.getFloat(4L * i);
      float y1 = boxes.getFloat(4L * i + 1);
      float x2 = boxes.getFloat(4L * i + 2);
      float y2 = boxes.getFloat(4L * i + 3);
      int object = (int) tensors.get(OBJECT_IDS).getLong(i);
      int attribute = (int) tensors.get(ATTRIBUTE_IDS).getLong(i);
      regions.add(
          new Region(
              (int) tensors.get(PROPOSALS).getLong(i),
              x1,
              y1,
              x2,
              y2,
              object,
              label(detector.objectLabels(), object),
              tensors.get(OBJECT_PROBS).getFloat(i),
              tensors.get(SELECTION_PROBS).getFloat(i),
              attribute,
              label(detector.attributeLabels(), attribute),
              tensors.get(ATTRIBUTE_PROBS).getFloat(i)));
      places.add(new Box(x1 / width, y1 / height, x2 / width, y2 / height));
    }
    float[] rows = tensors.get(FEATURES).toFloatArray();
    return new Detection(
        source,
        width,
        height,
        regions,
        VisualFeatures.of(source, rows, count, detector.featureDim()).withBoxes(places),
        threshold);
  }

  private String label(List<String> labels, int id) {
    if (id >= labels.size() && !labels.isEmpty()) {
      throw malformed(file, "class " + id + " of " + labels.size());
    }
    return labels.isEmpty() || id < 0 ? null : labels.get(id);
  }

  private static InputException malformed(Path file, String found) {
    return new InputException(
        Kind.MALFORMED, "%s: expected a detection, found %s".formatted(file, found));
  }
}
