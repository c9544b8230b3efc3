package io.github.visualbert.cli.bench;

import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetectorBuilder;
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
import java.nio.file.Path;

/**
 * A detector's folder with what it is measured on: {@code case.json} names {@code detector}, {@code
 * config} and {@code weights}; {@code bench.safetensors} holds {@code input} (1, 3, height, width),
 * ready for the network, and {@code rois} (regions, 4) in its pixels.
 */
record DetectorBenchFolder(Path folder) {
  private static final int MAX_FILE_BYTES = 1 << 20;

  /** What a detector is measured on. */
  record Inputs(float[] picture, int height, int width, float[] boxes) {}

  /**
   * Returns a builder for the detector.
   *
   * @throws InputException when {@code case.json} is invalid
   */
  RegionDetectorBuilder detector() {
    Path file = folder.resolve("case.json");
    try {
      JsonObject description =
          Json.parseObject(TextFiles.read(file, "a description of a detector", MAX_FILE_BYTES));
      DetectorKind kind = DetectorKind.of(description.getString("detector"));
      return new DetectorFolder(folder, folder.resolve(description.getString("config")))
          .builder()
          .kind(kind)
          .weights(folder.resolve(description.getString("weights")));
    } catch (JsonException | IllegalArgumentException e) {
      throw new InputException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
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
      return new Inputs(
          input.toFloatArray(),
          Math.toIntExact(input.size(2)),
          Math.toIntExact(input.size(3)),
          rois.toFloatArray());
    } catch (ModelException e) { // the reader is that of weights, and blames the model
      throw new InputException(e.kind(), e.getMessage(), e);
    }
  }
}
