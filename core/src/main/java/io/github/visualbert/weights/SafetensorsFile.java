package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a safetensors file, as views on its mapping. Everything was checked when the
 * {@link SafetensorsHeader} was read.
 */
final class SafetensorsFile implements TensorSource {
  private final MappedFile file;
  private final SafetensorsHeader header;

  /** Reads the header of a file and takes the file over. */
  SafetensorsFile(MappedFile file) {
    this.file = file;
    this.header = SafetensorsHeader.read(file);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public WeightFormat format() {
    return WeightFormat.SAFETENSORS;
  }

  @Override
  public Set<String> names() {
    return header.entries().keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return entry(name).info();
  }

  @Override
  public Tensor tensor(String name) {
    SafetensorsHeader.Entry entry = entry(name);
    TensorInfo info = entry.info();
    DType dtype =
        info.supportedDType()
            .orElseThrow(
                () ->
                    file.unsupported(
                        "tensor %s is %s".formatted(TensorInfo.quote(name), info.dtype())));
    MemorySegment data = file.slice(header.dataStart() + entry.begin(), info.byteSize());
    return new Tensor(dtype, info.sizes(), data);
  }

  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public void checkUnchanged() {
    file.checkUnchanged();
  }

  @Override
  public void close() {
    file.close();
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new ModelException(
          Kind.MISMATCH, "%s: no tensor %s".formatted(path(), TensorInfo.quote(name)));
    }
    return entry;
  }
}
