package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The named tensors of a weight file, or of several that belong together.
 *
 * <p>The memory of the tensors belongs to the arena that was given when the source was opened and
 * is valid until that is closed. Closing the source only releases file descriptors; {@link
 * #checkUnchanged} throws from then on. A source is thread-safe.
 *
 * <p>The files must not be changed while they are mapped. Renaming another file over one is safe;
 * rewriting one in place gives undefined numbers; truncating one makes {@link #checkUnchanged}
 * throw, and makes the JVM throw an {@link InternalError} when a missing page is read, which {@link
 * #reading} turns into a {@link ModelException}.
 */
public sealed interface TensorSource extends AutoCloseable
    permits SafetensorsFile, TorchFile, ShardedFiles {

  /**
   * Opens weights, given a file, whose content tells its format, or a folder, which is searched.
   *
   * <p>In a folder the first of these is taken: {@code model.safetensors}, {@code
   * model.safetensors.index.json}, {@code pytorch_model.bin}, {@code pytorch_model.bin.index.json},
   * the only file {@code *.th}. Data is mapped, not read.
   *
   * @param arena owns the mapping; shared when tensors are used by several threads
   * @throws ModelException when there is nothing to open, or the file is damaged, hostile or of a
   *     kind that is not supported
   */
  static TensorSource open(Path fileOrFolder, Arena arena) {
    return WeightFiles.open(fileOrFolder, arena);
  }

  /** Returns the file that was opened; the index when there are shards. */
  Path path();

  WeightFormat format();

  /**
   * Returns the names of all tensors, in the order of the file; the empty name alone where torch
   * saved one tensor and no dictionary.
   */
  Set<String> names();

  /**
   * Returns what the file says about a tensor.
   *
   * @throws ModelException of kind MISMATCH when there is no such tensor
   */
  TensorInfo info(String name);

  /**
   * Returns a tensor: a view on the mapped file wherever its elements lie densely there, otherwise
   * a dense copy, made once.
   *
   * @throws ModelException of kind MISMATCH when there is no such tensor, UNSUPPORTED when its
   *     element type is not in {@link io.github.visualbert.tensor.DType}
   */
  Tensor tensor(String name);

  /** Returns what the file says about itself, such as {@code format}; empty when nothing. */
  Map<String, String> metadata();

  /**
   * Checks that no file has become shorter than what was mapped; cheap enough to be asked before
   * every forward pass.
   *
   * @throws ModelException of kind MALFORMED when one has
   */
  void checkUnchanged();

  /**
   * Runs code that reads the numbers of tensors.
   *
   * @throws ModelException of kind MALFORMED when a file was truncated meanwhile
   */
  default <T> T reading(Supplier<T> work) {
    try {
      return work.get();
    } catch (InternalError fault) { // a fault in mapped memory
      checkUnchanged();
      throw fault;
    }
  }

  /** Releases the file descriptors; tensors stay valid as long as the arena is open. */
  @Override
  void close();
}
