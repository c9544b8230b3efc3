package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a file that torch.save wrote, in either of its forms.
 *
 * <p>Storages are views on the mapped file. A tensor whose elements lie densely in its storage is a
 * view too; one that is transposed, expanded or cut out is copied when it is first asked for. All
 * copies together may be as long as the file and a megabyte: a few bytes could otherwise stand for
 * a tensor of any size.
 */
final class TorchFile implements TensorSource {
  private static final long ROOM_FOR_COPIES = 1 << 20;

  private final MappedFile file;
  private final WeightFormat format;
  private final Arena arena;
  private final Map<String, TorchTensor> tensors;
  private final Map<String, MemorySegment> storages;
  private final Map<TorchTensor, MemorySegment> copies = new HashMap<>();

  /**
   * Takes over what was read.
   *
   * @param storages the bytes of every storage that the tensors view, by key
   */
  TorchFile(
      MappedFile file,
      WeightFormat format,
      Arena arena,
      Map<String, TorchTensor> tensors,
      Map<String, MemorySegment> storages) {
    this.file = file;
    this.format = format;
    this.arena = arena;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.storages = storages;
    long room = file.size() + ROOM_FOR_COPIES;
    for (Map.Entry<String, TorchTensor> tensor : tensors.entrySet()) {
      room -= tensor.getValue().isDense() ? 0 : tensor.getValue().info(tensor.getKey()).byteSize();
      if (room < 0) {
        throw file.unsupported(
            "tensor %s %s repeats its storage: more bytes than the file has"
                .formatted(TensorInfo.quote(tensor.getKey()), tensor.getValue().sizes()));
      }
    }
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public WeightFormat format() {
    return format;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return find(name).info(name);
  }

  @Override
  public Tensor tensor(String name) {
    TorchTensor view = find(name);
    TensorInfo info = view.info(name);
    DType dtype =
        info.supportedDType()
            .orElseThrow(
                () ->
                    file.unsupported(
                        "tensor %s is %s".formatted(TensorInfo.quote(name), info.dtype())));
    MemorySegment storage = storages.get(view.storage().key());
    MemorySegment data =
        view.isDense()
            ? storage.asSlice(view.offset(), info.byteSize())
            : copy(view, storage, info.byteSize());
    return new Tensor(dtype, info.sizes(), data);
  }

  private synchronized MemorySegment copy(TorchTensor view, MemorySegment storage, long byteSize) {
    MemorySegment copy = copies.get(view);
    if (copy == null) {
      MemorySegment dense = arena.allocate(byteSize, 64);
      copy =
          reading(
              () -> {
                view.copyTo(dense, storage);
                return dense;
              });
      copies.put(view, copy);
    }
    return copy;
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public void checkUnchanged() {
    file.checkUnchanged();
  }

  @Override
  public void close() {
    file.close();
  }

  private TorchTensor find(String name) {
    TorchTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException(
          Kind.MISMATCH, "%s: no tensor %s".formatted(path(), TensorInfo.quote(name)));
    }
    return tensor;
  }
}
