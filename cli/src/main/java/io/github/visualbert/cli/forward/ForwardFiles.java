package io.github.visualbert.cli.forward;

import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.forward.ForwardOutputs;
import io.github.visualbert.model.InvalidArgumentException;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The arguments and outputs of a forward pass as safetensors files. */
final class ForwardFiles {
  private ForwardFiles() {}

  /**
   * Maps the arguments.
   *
   * @param arena owns the mapping; shared, since workers read it
   * @throws InputException when the file is invalid
   * @throws InvalidArgumentException when it holds a tensor that is not an argument
   */
  static ForwardInputs read(Path file, Arena arena) {
    Map<String, Tensor> arguments = new LinkedHashMap<>();
    try (TensorSource source = TensorSource.open(file, arena)) {
      for (String name : source.names()) {
        arguments.put(name, source.tensor(name));
      }
    } catch (ModelException e) { // the reader is that of weights, and blames the model
      throw new InputException(e.kind(), e.getMessage(), e);
    }
    return new ForwardInputs(arguments);
  }

  /**
   * Writes the outputs under their names.
   *
   * @throws OutputException when that fails; then a file of that name is as it was
   */
  static void write(Path file, ForwardOutputs outputs) {
    SafetensorsWriter writer = new SafetensorsWriter();
    outputs.tensors().forEach(writer::add);
    try {
      writer.write(file);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }
}
