package io.github.visualbert.cli.run;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.cli.file.NpyBytes;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Writes vectors to a file as F32: {@code pooler_output} (inputs, hidden) and, if the replies have
 * them, the hidden states of the last layer.
 *
 * <p>In a {@code .safetensors} file the states of input n, from 0, are {@code last_hidden_state.n}
 * (rows, hidden). A {@code .npy} file holds one array: the states (inputs, rows, hidden) if the
 * replies have them, else the pooled vectors.
 */
final class VectorFile {
  private static final String NPY = ".npy";
  private static final String SAFETENSORS = ".safetensors";

  private VectorFile() {}

  /** Returns whether a file's name has a supported ending. */
  static boolean supports(Path file) {
    return file.toString().endsWith(NPY) || file.toString().endsWith(SAFETENSORS);
  }

  /**
   * Writes the vectors of some inputs.
   *
   * @throws InputException when the file is {@code .npy} and the states differ in their rows
   * @throws OutputException when the file cannot be written
   */
  static void write(Path file, List<Reply.Vectors> vectors) {
    try {
      if (file.toString().endsWith(NPY)) {
        writeNpy(file, vectors);
      } else {
        writeSafetensors(file, vectors);
      }
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }

  private static void writeSafetensors(Path file, List<Reply.Vectors> vectors) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("pooler_output", stack(vectors.stream().map(Reply.Vectors::pooled).toList()));
    for (int i = 0; i < vectors.size(); i++) {
      if (vectors.get(i).lastHiddenState() != null) {
        writer.add("last_hidden_state." + i, vectors.get(i).lastHiddenState());
      }
    }
    writer.write(file);
  }

  private static void writeNpy(Path file, List<Reply.Vectors> vectors) throws IOException {
    boolean states = vectors.getFirst().lastHiddenState() != null;
    Tensor array =
        stack(vectors.stream().map(v -> states ? v.lastHiddenState() : v.pooled()).toList());
    try (AtomicFile output = AtomicFile.of(file)) {
      Files.write(output.unfinished(), NpyBytes.of(array));
      output.commit();
    }
  }

  private static Tensor stack(List<Tensor> tensors) {
    long[] shape = tensors.getFirst().shape();
    float[] values = new float[Math.toIntExact(tensors.size() * tensors.getFirst().elementCount())];
    int at = 0;
    for (Tensor tensor : tensors) {
      if (!Arrays.equals(tensor.shape(), shape)) {
        throw new InputException(
            Kind.MISMATCH,
            "the inputs have %d and %d rows, a .npy file holds one array; expected a .safetensors file"
                .formatted(shape[0], tensor.size(0)));
      }
      int count = Math.toIntExact(tensor.elementCount());
      tensor.copyTo(0, values, at, count);
      at += count;
    }
    long[] stacked = new long[shape.length + 1];
    stacked[0] = tensors.size();
    System.arraycopy(shape, 0, stacked, 1, shape.length);
    return Tensor.of(values, stacked);
  }
}
