package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@code .safetensors} file or one of {@code torch.save}. It holds the features of one picture,
 * as {@code visual_embeds} or as a tensor without a name; or for each of many pictures a tensor, a
 * tuple that begins with the features, or a dictionary that names them.
 */
final class TensorFeatureFile extends FeatureFile {
  private final Arena arena = Arena.ofShared();
  private final TensorSource tensors;
  private final Map<String, String> tensorOfPicture;
  private final List<String> names;

  TensorFeatureFile(Path file) {
    super(file.toString());
    try {
      tensors = TensorSource.open(file, arena);
    } catch (ModelException e) {
      arena.close();
      throw asInput(e);
    }
    tensorOfPicture = pictures(tensors.names());
    names = isAlone() ? List.of() : List.copyOf(tensorOfPicture.keySet());
  }

  static boolean recognises(byte[] head, Path file) {
    return isSafetensors(head)
        || isTorch(head)
        || head.length > 0 && file.toString().endsWith(".safetensors");
  }

  /** Recognises an 8-byte header length below 2^32 and the first byte of the header. */
  private static boolean isSafetensors(byte[] head) {
    return head.length > 8
        && head[4] == 0
        && head[5] == 0
        && head[6] == 0
        && head[7] == 0
        && head[8] == '{';
  }

  /** Recognises a pickle of protocol 2 to 5, or a zip that begins with one. */
  private static boolean isTorch(byte[] head) {
    if (head.length > 2 && head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5) {
      return true;
    }
    return NpzFeatureFile.recognises(head) && NpzFeatureFile.firstName(head).endsWith("/data.pkl");
  }

  /**
   * Maps the name of each picture to that of the tensor with its features. The parts of a tuple are
   * named {@code picture.0}, {@code picture.1} and so on, and the authors put the features first;
   * those of a dictionary are named by their keys. Other tensors stand for themselves.
   */
  private static Map<String, String> pictures(Set<String> names) {
    Map<String, String> pictures = new LinkedHashMap<>();
    for (String name : names) {
      int dot = name.lastIndexOf('.');
      String part = name.substring(dot + 1);
      if (dot > 0 && (part.equals("0") || USUAL_NAMES.contains(part))) {
        pictures.putIfAbsent(name.substring(0, dot), name);
      }
    }
    Set<String> groups = Set.copyOf(pictures.keySet());
    for (String name : names) {
      int dot = name.lastIndexOf('.');
      if (dot < 0 || !groups.contains(name.substring(0, dot))) {
        pictures.put(name, name);
      }
    }
    return pictures;
  }

  /** Returns whether there is but one tensor, which has no name, as in a {@code .npy} file. */
  private boolean isAlone() {
    return tensors.names().equals(Set.of(""));
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public VisualFeatures read() {
    return isAlone() ? tensor("") : tensor(tensorOfPicture.get(onlyName()));
  }

  @Override
  public VisualFeatures read(String name) {
    if (isAlone()) {
      return readAlone(name);
    }
    if (tensorOfPicture.containsKey(name)) {
      return tensor(tensorOfPicture.get(name));
    }
    return tensor(tensors.names().contains(name) ? name : tensorOfPicture.get(nameAt(name)));
  }

  private VisualFeatures tensor(String name) {
    String where = name.isEmpty() ? source() : source() + "[" + printable(name) + "]";
    try {
      FeatureArrays.count(where, tensors.info(name).sizes());
      tensors.checkUnchanged();
      Tensor tensor = tensors.tensor(name);
      return VisualFeatures.ofFile(where, tensor.shape(), FeatureArrays.toFloats(where, tensor));
    } catch (ModelException e) {
      throw asInput(e);
    } catch (InternalError e) { // how the JVM reports a fault in mapped memory
      throw new InputException(
          Kind.MALFORMED, "%s: the file was changed while it was read".formatted(where), e);
    }
  }

  /** The reader is that of weights, and blames a model; here an input is invalid. */
  private static InputException asInput(ModelException e) {
    return new InputException(e.kind(), e.getMessage(), e);
  }

  @Override
  public void close() {
    tensors.close();
    arena.close();
  }
}
