package io.github.visualbert.cli;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A small detector of the golden data with heads as wide as published ones, filled up. */
final class WideDetector {
  private WideDetector() {}

  /**
   * Writes a detector folder.
   *
   * @param sizes new sizes of the tensors of the heads, by the old ones
   * @param from what the configuration says, and {@code to} what it says then
   */
  static Path write(Path folder, String name, Map<Long, Long> sizes, String from, String to) {
    Path golden = Cli.copy(Cli.GOLDENS.resolve("detectors/cases").resolve(name), folder);
    Cli.write(
        golden.resolve("config.json"), Cli.read(golden.resolve("config.json")).replace(from, to));
    Path published =
        Cli.filesIn(golden).stream()
            .filter(file -> file.toString().matches(".*\\.(bin|pth|pkl)"))
            .findFirst()
            .orElseThrow();
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(published, arena)) {
      SafetensorsWriter writer = new SafetensorsWriter();
      for (String tensor : source.names()) {
        writer.add(
            tensor,
            tensor.startsWith("roi_heads")
                ? widened(source.tensor(tensor), sizes)
                : source.tensor(tensor));
      }
      writer.write(golden.resolve("model.safetensors"));
      return golden;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a tensor whose numbers are repeated where it is larger. */
  private static Tensor widened(Tensor tensor, Map<Long, Long> sizes) {
    long[] shape =
        Arrays.stream(tensor.shape()).map(size -> sizes.getOrDefault(size, size)).toArray();
    if (tensor.dtype() != DType.F32 || Arrays.equals(shape, tensor.shape())) {
      return tensor;
    }
    float[] numbers = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = tensor.getFloat(i % tensor.elementCount());
    }
    return Tensor.of(numbers, shape);
  }
}
