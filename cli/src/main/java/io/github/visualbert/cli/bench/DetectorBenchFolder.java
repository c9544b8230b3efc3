package io.github.visualbert.cli.bench;

import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.detect.VcrTowerBuilder;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A detector's folder with what it is measured on: {@code case.json} names {@code detector}, {@code
 * config} and {@code weights}; {@code bench.safetensors} holds {@code input} (1, 3, height, width),
 * ready for the network, and {@code rois} (regions, 4) in its pixels. VCR's tower has no {@code
 * config}, and also {@code segms} (regions, 14, 14) and {@code classes} (regions).
 */
record DetectorBenchFolder(Path folder) {
  /** Cells of a mask on a side. */
  private static final int CELLS = 14;

  private static final String CASE = "case.json";
  private static final int MAX_FILE_BYTES = 1 << 20;

  /**
   * What a detector is measured on.
   *
   * @param segms null for a detector that needs none
   * @param classes null for a detector that needs none
   */
  record Inputs(
      float[] picture, int height, int width, float[] boxes, float[] segms, int[] classes) {}

  private JsonObject description() {
    Path file = folder.resolve(CASE);
    try {
      return Json.parseObject(TextFiles.read(file, "a description of a detector", MAX_FILE_BYTES));
    } catch (JsonException e) {
      throw malformed(e);
    }
  }

  private boolean isPlain() {
    return !Files.exists(folder.resolve(CASE));
  }

  private InputException malformed(RuntimeException e) {
    return new InputException(Kind.MALFORMED, folder.resolve(CASE) + ": " + e.getMessage(), e);
  }

  /**
   * Returns the kind of detector; null for a plain folder of a detector, which says it itself.
   *
   * @throws InputException when {@code case.json} is invalid
   */
  DetectorKind kind() {
    if (isPlain()) {
      return null;
    }
    try {
      return DetectorKind.of(description().getString("detector"));
    } catch (JsonException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /**
   * Returns a builder for the detector.
   *
   * @throws InputException when {@code case.json} is invalid
   */
  RegionDetectorBuilder detector() {
    if (isPlain()) {
      return DetectorFolder.require(folder).builder();
    }
    try {
      JsonObject description = description();
      return new DetectorFolder(folder, folder.resolve(description.getString("config")))
          .builder()
          .kind(kind())
          .weights(folder.resolve(description.getString("weights")));
    } catch (JsonException | InvalidPathException e) {
      throw malformed(e);
    }
  }

  /** Returns a builder for VCR's tower; throws as {@link #detector} does. */
  VcrTowerBuilder tower() {
    try {
      return VcrTower.builder(folder.resolve(description().getString("weights")));
    } catch (JsonException | InvalidPathException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads the inputs.
   *
   * @throws InputException when the file is invalid
   */
  Inputs inputs() {
    Path file = folder.resolve("bench.safetensors");
    try (Arena arena = Arena.ofConfined();
        TensorSource tensors = TensorSource.open(file, arena)) {
      Tensor input = tensors.tensor("input");
      Tensor rois = tensors.tensor("rois");
      boolean fits =
          input.rank() == 4
              && input.size(0) == 1
              && input.size(1) == 3
              && rois.rank() == 2
              && rois.size(0) > 0
              && rois.size(1) == 4;
      if (!fits) {
        throw new InputException(
            Kind.MISMATCH,
            "%s: expected input (1, 3, height, width) and rois (regions, 4), found %s and %s"
                .formatted(file, input, rois));
      }
      boolean given = kind() == DetectorKind.VCR;
      Tensor segms = given ? tensors.tensor("segms") : null;
      Tensor classes = given ? tensors.tensor("classes") : null;
      if (given
          && !(Arrays.equals(segms.shape(), new long[] {rois.size(0), CELLS, CELLS})
              && Arrays.equals(classes.shape(), new long[] {rois.size(0)}))) {
        throw new InputException(
            Kind.MISMATCH,
            "%s: expected segms (%d, %d, %d) and classes (%d), found %s and %s"
                .formatted(file, rois.size(0), CELLS, CELLS, rois.size(0), segms, classes));
      }
      return new Inputs(
          input.toFloatArray(),
          Math.toIntExact(input.size(2)),
          Math.toIntExact(input.size(3)),
          rois.toFloatArray(),
          given ? segms.toFloatArray() : null,
          given ? ints(classes) : null);
    } catch (ModelException e) { // the reader is that of weights, and blames the model
      throw new InputException(e.kind(), e.getMessage(), e);
    }
  }

  /**
   * Returns noise in place of a picture, and random regions.
   *
   * @param wanted how many; null for as many as a detector proposes
   */
  static Inputs random(DetectorKind kind, ImageSize asked, Integer wanted) {
    boolean pads = kind == DetectorKind.PYTHIA || kind == DetectorKind.MASK_RCNN;
    ImageSize size = pads ? asked.padded(32) : asked;
    int proposed = pads ? 1000 : kind == DetectorKind.VCR ? 10 : 300;
    int regions = wanted == null ? proposed : wanted;
    Random random = new Random(1);
    float[] picture = new float[Math.multiplyExact(3 * size.height(), size.width())];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = (float) random.nextGaussian();
    }
    float[] boxes = new float[4 * regions];
    for (int r = 0; r < regions; r++) {
      boxes[4 * r] = random.nextFloat(0.7f) * size.width();
      boxes[4 * r + 1] = random.nextFloat(0.7f) * size.height();
      boxes[4 * r + 2] = boxes[4 * r] + random.nextFloat(0.05f, 0.3f) * size.width();
      boxes[4 * r + 3] = boxes[4 * r + 1] + random.nextFloat(0.05f, 0.3f) * size.height();
    }
    float[] segms = new float[regions * CELLS * CELLS];
    Arrays.fill(segms, 1);
    return new Inputs(picture, size.height(), size.width(), boxes, segms, new int[regions]);
  }

  private static int[] ints(Tensor tensor) {
    int[] ints = new int[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(tensor.getLong(i));
    }
    return ints;
  }
}
