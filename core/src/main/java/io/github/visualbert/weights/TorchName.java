package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.Name;
import io.github.visualbert.weights.Pickled.Opaque;
import io.github.visualbert.weights.Pickled.Type;
import java.util.Set;

/**
 * The closed list of what a pickle may name: what {@code torch.load(weights_only=True)} of torch
 * 2.13 admits. None of the names is looked up anywhere: each stands for a few lines of {@link
 * TorchPickle} that make a value out of values.
 */
enum TorchName {
  ORDERED_DICT("collections", "OrderedDict"),
  COUNTER("collections", "Counter"),
  SET("builtins", "set"),
  BYTEARRAY("builtins", "bytearray"),
  COMPLEX("builtins", "complex"),
  /** How protocol 2 writes bytes: text and the name of an encoding. */
  ENCODE("_codecs", "encode"),
  REBUILD_TENSOR("torch._utils", "_rebuild_tensor"),
  REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2"),
  REBUILD_TENSOR_V3("torch._utils", "_rebuild_tensor_v3"),
  REBUILD_QTENSOR("torch._utils", "_rebuild_qtensor"),
  REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
  REBUILD_PARAMETER_WITH_STATE("torch._utils", "_rebuild_parameter_with_state"),
  /** A tensor of a device without storages, such as a TPU. */
  REBUILD_FROM_CPU_TENSOR("torch._utils", "_rebuild_device_tensor_from_cpu_tensor"),
  /** A tensor with attributes: the function that makes it, its class, arguments, attributes. */
  REBUILD_FROM_TYPE("torch._tensor", "_rebuild_from_type_v2"),
  REBUILD_FROM_NUMPY("torch._utils", "_rebuild_device_tensor_from_numpy"),
  REBUILD_META_TENSOR("torch._utils", "_rebuild_meta_tensor_no_storage"),
  REBUILD_NESTED_TENSOR("torch._utils", "_rebuild_nested_tensor"),
  REBUILD_SPARSE_TENSOR("torch._utils", "_rebuild_sparse_tensor"),
  REBUILD_WRAPPER("torch._utils", "_rebuild_wrapper_subclass"),
  PARAMETER("torch.nn.parameter", "Parameter"),
  TENSOR("torch", "Tensor"),
  TYPED_STORAGE("torch.storage", "TypedStorage"),
  SIZE("torch", "Size"),
  DEVICE("torch", "device"),
  LAYOUT("torch.serialization", "_get_layout");

  private static final Set<String> STORAGE_MODULES = Set.of("torch", "torch.cuda", "torch.storage");

  /** Where the classes of tensors are that have one for each element type. */
  private static final Set<String> TENSOR_MODULES =
      Set.of("torch", "torch.cuda", "torch.sparse", "torch.cuda.sparse");

  private static final String TENSOR_CLASS =
      "(BFloat16|Bool|Byte|Char|Double|Float|Half|Int|Long|Short)Tensor";

  private static final Set<String> QUANTIZATION_SCHEMES =
      Set.of(
          "per_tensor_affine",
          "per_tensor_symmetric",
          "per_channel_affine",
          "per_channel_symmetric",
          "per_channel_affine_float_qparams");

  private final String module;
  private final String name;

  TorchName(String module, String name) {
    this.module = module;
    this.name = name;
  }

  /** Returns what a pickle means by a name, or null when that is none of these. */
  static Pickled find(String moduleAsWritten, String name) {
    // Protocol 2 writes the names of Python 2.
    String module = moduleAsWritten.equals("__builtin__") ? "builtins" : moduleAsWritten;
    TorchType storage = STORAGE_MODULES.contains(module) ? TorchType.ofStorage(name) : null;
    if (storage != null) {
      return new Type(storage, true);
    }
    TorchType dtype = module.equals("torch") ? TorchType.ofDtype(name) : null;
    if (dtype != null) {
      return new Type(dtype, false);
    }
    if (module.equals("torch") && QUANTIZATION_SCHEMES.contains(name)) {
      return Opaque.OTHER;
    }
    if (TENSOR_MODULES.contains(module) && name.matches(TENSOR_CLASS)) {
      return new Name(TENSOR);
    }
    for (TorchName known : values()) {
      if (known.module.equals(module) && known.name.equals(name)) {
        return new Name(known);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return module + "." + name;
  }
}
