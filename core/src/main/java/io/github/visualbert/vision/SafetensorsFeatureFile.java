package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

/** A {@code .safetensors} file: {@code visual_embeds} of one picture, or a tensor for each of many. */
final class SafetensorsFeatureFile extends FeatureFile {
  private final Arena arena = Arena.ofShared();
  private final TensorSource tensors;

  SafetensorsFeatureFile(Path file) {
    super(file.toString());
    try {
      tensors = TensorSource.open(file, arena);
    } catch (ModelException e) {
      arena.close();
      throw asInput(e);
    }
  }

  /** Tells the header's length, of fewer than 2^32 bytes, and the header's beginning. */
  static boolean recognises(byte[] head, Path file) {
    boolean begins =
        head.length > 8 && head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] == 0 && head[8] == '{';
    return begins || head.length > 0 && file.toString().endsWith(".safetensors");
  }

  @Override
  public List<String> names() {
    return List.copyOf(tensors.names());
  }

  @Override
  public VisualFeatures read() {
    return tensor(onlyName());
  }

  @Override
  public VisualFeatures read(String name) {
    return tensor(tensors.names().contains(name) ? name : find(name));
  }

  private VisualFeatures tensor(String name) {
    String where = source() + "[" + printable(name) + "]";
    try {
      FeatureArrays.count(where, tensors.info(name).sizes());
      tensors.checkUnchanged();
      Tensor tensor = tensors.tensor(name);
      return VisualFeatures.ofFile(where, tensor.shape(), FeatureArrays.toFloats(where, tensor));
    } catch (ModelException e) {
      throw asInput(e);
    } catch (InternalError e) { // how the JVM reports a fault in mapped memory
      throw new InputException(Kind.MALFORMED, "%s: the file was changed while it was read".formatted(where), e);
    }
  }

  /** The reader is that of weights, but here an input is at fault. */
  private static InputException asInput(ModelException e) {
    return new InputException(e.kind(), e.getMessage(), e);
  }

  @Override
  public void close() {
    tensors.close();
    arena.close();
  }
}
