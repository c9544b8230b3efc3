package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.Name;
import io.github.visualbert.weights.Pickled.Type;

/**
 * The closed list of what a pickle may name, besides element types. None of them is looked up
 * anywhere: each stands for a few lines of {@link TorchPickle} that make a value out of values.
 */
enum TorchName {
  ORDERED_DICT("collections", "OrderedDict"),
  REBUILD_TENSOR("torch._utils", "_rebuild_tensor"),
  REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2"),
  REBUILD_TENSOR_V3("torch._utils", "_rebuild_tensor_v3"),
  REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
  REBUILD_PARAMETER_WITH_STATE("torch._utils", "_rebuild_parameter_with_state"),
  SIZE("torch", "Size"),
  DEVICE("torch", "device"),
  /** How Python 2's protocol writes bytes: text and the name of an encoding. */
  ENCODE("_codecs", "encode");

  private final String module;
  private final String name;

  TorchName(String module, String name) {
    this.module = module;
    this.name = name;
  }

  /** Returns what a pickle means by a name, or null when that is none of these. */
  static Pickled find(String module, String name) {
    if (module.equals("torch") || module.equals("torch.cuda") || module.equals("torch.storage")) {
      TorchType storage = TorchType.ofStorage(name);
      if (storage != null) {
        return new Type(storage, true);
      }
      TorchType dtype = module.equals("torch") ? TorchType.ofDtype(name) : null;
      if (dtype != null) {
        return new Type(dtype, false);
      }
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
