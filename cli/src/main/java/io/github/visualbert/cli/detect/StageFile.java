package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.StageSink;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;

/** Collects the stages of a detection, F32 and I64, for a safetensors file. */
final class StageFile implements StageSink {
  private final SafetensorsWriter writer = new SafetensorsWriter();

  @Override
  public void floats(String name, float[] values, long... shape) {
    writer.add(name, Tensor.of(values, shape));
  }

  @Override
  public void longs(String name, long[] values, long... shape) {
    writer.add(name, Tensor.of(values, shape));
  }

  /**
   * Writes the file.
   *
   * @throws OutputException when that fails; then a file of that name is as it was
   */
  void write(Path file) {
    try {
      writer.write(file);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }
}
