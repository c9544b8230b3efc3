package io.github.visualbert.cli.detect.features;

import io.github.visualbert.cli.detector.RegionTable;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.tensor.Tensor;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Features in a {@code .tsv} file, a line for each picture and no header; arrays are little-endian
 * in base64, floats of 32 and integers of 64 bits.
 */
enum TsvFeatures implements FeatureWriter {
  /** {@code image_id, image_w, image_h, num_boxes, boxes, features}. */
  BOTTOM_UP {
    @Override
    List<String> fields(String name, Detection detection, Tensor rows) {
      return List.of(
          name,
          Integer.toString(detection.width()),
          Integer.toString(detection.height()),
          Integer.toString(detection.regions().size()),
          base64(RegionTable.of(detection).boxes()),
          base64(rows.toFloatArray()));
    }
  },

  /**
   * {@code img_id, img_h, img_w, objects_id, objects_conf, attrs_id, attrs_conf, num_boxes, boxes,
   * features}: height comes before width.
   */
  LXMERT {
    @Override
    List<String> fields(String name, Detection detection, Tensor rows) {
      RegionTable table = RegionTable.of(detection);
      return List.of(
          name,
          Integer.toString(detection.height()),
          Integer.toString(detection.width()),
          base64(table.objectIds()),
          base64(table.objectProbs()),
          base64(table.attributeIds()),
          base64(table.attributeProbs()),
          Integer.toString(detection.regions().size()),
          base64(table.boxes()),
          base64(rows.toFloatArray()));
    }
  };

  /**
   * The end of a line as Python's {@code csv} writes it, with which the published ones are made.
   */
  private static final String END = "\r\n";

  /**
   * Returns the fields of a picture's line.
   *
   * @param rows the features, (regions, columns)
   */
  abstract List<String> fields(String name, Detection detection, Tensor rows);

  /**
   * Writes a file.
   *
   * @param rows gives the features of a detection, (regions, columns)
   */
  void write(Path file, List<NamedDetection> pictures, Function<Detection, Tensor> rows)
      throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (NamedDetection picture : pictures) {
        Detection detection = picture.detection().get();
        out.write(String.join("\t", fields(picture.name(), detection, rows.apply(detection))));
        out.write(END);
      }
    }
  }

  @Override
  public String fileName(Path picture, String name) {
    return name + FeatureFormat.TSV.ending();
  }

  @Override
  public String contents() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void write(Path target, List<NamedDetection> pictures, boolean alone) {
    try (AtomicFile file = AtomicFile.of(target)) {
      write(file.unfinished(), pictures, detection -> detection.features().tensor());
      file.commit();
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }

  private static String base64(float[] values) {
    ByteBuffer bytes = bytes(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static String base64(long[] values) {
    ByteBuffer bytes = bytes(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}
