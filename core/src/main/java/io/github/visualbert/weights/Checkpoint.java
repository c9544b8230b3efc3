package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A VisualBERT checkpoint: the tensors of a {@link TensorSource} under the names of Hugging Face's
 * classes with a head, whatever their names in the file.
 *
 * <p>{@link #tensor} hands out one parameter after the other. A decoder of the word prediction that
 * the file does not store is tied: its weight to the word embeddings (and the other way round), its
 * bias to {@code cls.predictions.bias}. One that is stored is used, whatever the configuration says
 * of ties.
 *
 * <p>Immutable and thread-safe. The memory of tensors belongs to the arena that was given; {@link
 * #close} only gives back file descriptors.
 */
public final class Checkpoint implements AutoCloseable {
  /** The parameter that stands in for one that is not stored. */
  private static final Map<String, String> TIES =
      Map.of(
          "cls.predictions.decoder.weight", "visual_bert.embeddings.word_embeddings.weight",
          "visual_bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight",
          "cls.predictions.decoder.bias", "cls.predictions.bias");

  private final TensorSource source;
  private final Arena arena;
  private final Map<String, String> storedNames = new LinkedHashMap<>();
  private final Set<String> detector = new LinkedHashSet<>();
  private final List<String> clashes = new ArrayList<>();
  private final List<String> models;

  private Checkpoint(TensorSource source, Arena arena) {
    this.source = source;
    this.arena = arena;
    if (source.names().equals(Set.of(StateDict.ALONE))) {
      throw new ModelException(
          Kind.MALFORMED,
          source.path() + ": expected a dictionary of tensors, found a single tensor");
    }
    ParameterNames parameterNames = ParameterNames.of(source.names());
    models = parameterNames.beginnings();
    for (String stored : source.names()) {
      if (ParameterNames.isDetector(stored)) {
        detector.add(stored);
      } else if (!ParameterNames.isPositionIds(stored)) {
        register(parameterNames.toHuggingFace(stored), stored);
      }
    }
    // Safetensors stores tensors that share memory once and names the others in the metadata.
    source
        .metadata()
        .forEach(
            (name, kept) -> {
              if (source.names().contains(kept)) {
                storedNames.putIfAbsent(parameterNames.toHuggingFace(name), kept);
              }
            });
  }

  private void register(String name, String stored) {
    String other = storedNames.putIfAbsent(name, stored);
    if (other != null && !sameNumbers(other, stored)) {
      clashes.add(
          "%s and %s are both %s"
              .formatted(TensorInfo.quote(other), TensorInfo.quote(stored), name));
    }
  }

  private boolean sameNumbers(String one, String other) {
    TensorInfo info = source.info(one);
    TensorInfo otherInfo = source.info(other);
    return info.dtype().equals(otherInfo.dtype())
        && info.shape().equals(otherInfo.shape())
        && info.supportedDType().isPresent()
        && source.reading(() -> source.tensor(one).data().mismatch(source.tensor(other).data()))
            < 0;
  }

  /**
   * Opens the checkpoint in a file or folder, as {@link TensorSource#open} finds it.
   *
   * @param arena owns the memory of the tensors; shared when several threads use them
   * @throws ModelException when there is nothing to open, or the file is damaged, hostile or of a
   *     kind that is not supported
   */
  public static Checkpoint open(Path fileOrFolder, Arena arena) {
    TensorSource source = TensorSource.open(fileOrFolder, arena);
    try {
      return new Checkpoint(source, arena);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** Returns the files behind the checkpoint. */
  public TensorSource source() {
    return source;
  }

  /** Returns the Hugging Face names of all parameters that are stored. */
  public Set<String> names() {
    return Collections.unmodifiableSet(storedNames.keySet());
  }

  /**
   * Returns the names, as in the file, of the tensors of the image tower ({@code detector.*}),
   * which is not part of the encoder.
   */
  public Set<String> detectorNames() {
    return Collections.unmodifiableSet(detector);
  }

  /** Returns whether the file holds a parameter itself. */
  public boolean isStored(String name) {
    return storedNames.containsKey(name);
  }

  /** Returns whether {@link #tensor} has a parameter: it is stored, or tied to one that is. */
  public boolean has(String name) {
    return storedName(name) != null;
  }

  /** Returns whether the file holds any parameter whose name begins with {@code prefix}. */
  public boolean hasAny(String prefix) {
    return storedNames.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /**
   * Returns the parameter that stands in for one that is not stored, or null when it is stored or
   * nothing can.
   */
  public String tiedTo(String name) {
    String tie = isStored(name) ? null : TIES.get(name);
    return tie != null && isStored(tie) ? tie : null;
  }

  /**
   * Returns what the file says about a parameter, with its name in the file.
   *
   * @throws ModelException of kind MISMATCH when there is no such parameter
   */
  public TensorInfo info(String name) {
    String stored = storedName(name);
    if (stored == null) {
      throw mismatch("no tensor " + name);
    }
    return source.info(stored);
  }

  /**
   * Returns a parameter: a view on the file, F32, F16 or BF16; F64 is rounded to F32 in a copy.
   *
   * @param name its name in Hugging Face's class with a head, such as {@code
   *     visual_bert.pooler.dense.weight}
   * @param shape the sizes it must have, outermost first
   * @throws ModelException of kind MISMATCH when it is missing, of another shape or does not hold
   *     floating-point numbers
   */
  public Tensor tensor(String name, long... shape) {
    String stored = storedName(name);
    if (stored == null) {
      throw mismatch("no tensor %s of shape %s".formatted(name, Arrays.toString(shape)));
    }
    Tensor tensor = source.tensor(stored);
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw mismatch(
          "tensor %s: expected shape %s, found %s"
              .formatted(name, Arrays.toString(shape), Arrays.toString(tensor.shape())));
    }
    if (!tensor.dtype().isFloatingPoint()) {
      throw mismatch(
          "tensor %s: expected floating-point numbers, found %s".formatted(name, tensor.dtype()));
    }
    return tensor.dtype() == DType.F64 ? source.reading(() -> toF32(tensor)) : tensor;
  }

  private Tensor toF32(Tensor tensor) {
    MemorySegment copy = arena.allocate(Float.BYTES * tensor.elementCount(), 64);
    for (long i = 0; i < tensor.elementCount(); i++) {
      copy.setAtIndex(ValueLayout.JAVA_FLOAT, i, tensor.getFloat(i));
    }
    return new Tensor(DType.F32, tensor.shape(), copy);
  }

  /**
   * Reads all numbers of a stored tensor for their statistics; loading a model does not.
   *
   * @param name a parameter, or a tensor of the detector
   */
  public NumberScan scan(String name) {
    return source.reading(
        () -> NumberScan.of(source.tensor(detector.contains(name) ? name : info(name).name())));
  }

  /**
   * Returns, in words, the tensors of the file that map to the same name and differ; the first of
   * them is used.
   */
  public List<String> clashes() {
    return Collections.unmodifiableList(clashes);
  }

  /** Returns what the names of each model in the file begin with: one, unless there are several. */
  public List<String> models() {
    return models;
  }

  /** Returns an exception of kind MISMATCH that names the file. */
  public ModelException mismatch(String what) {
    return new ModelException(Kind.MISMATCH, source.path() + ": " + what);
  }

  private String storedName(String name) {
    String tie = tiedTo(name);
    return storedNames.get(tie == null ? name : tie);
  }

  @Override
  public void close() {
    source.close();
  }
}
