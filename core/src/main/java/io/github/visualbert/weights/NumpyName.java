package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.NumpyCall;

/**
 * The closed list of what a pickle of numpy arrays may name. None of the names is looked up
 * anywhere: each stands for a few lines of {@link NumpyPickle}.
 */
enum NumpyName {
  ARRAY("numpy", "ndarray"),
  TYPE("numpy", "dtype"),
  /** An empty array, which is then given its state. */
  RECONSTRUCT("numpy.core.multiarray", "_reconstruct"),
  /** An array of a buffer, in protocol 5. */
  FROM_BUFFER("numpy.core.numeric", "_frombuffer"),
  SCALAR("numpy.core.multiarray", "scalar"),
  /** How protocols 0 to 2 write bytes: text and the name of an encoding. */
  ENCODE("_codecs", "encode"),
  /** No bytes, in protocols 0 to 2. */
  BYTES("builtins", "bytes"),
  ORDERED_DICT("collections", "OrderedDict");

  private static final String MOVED = "numpy._core."; // since numpy 2
  private static final String ORIGINAL = "numpy.core.";

  private final String module;
  private final String name;

  NumpyName(String module, String name) {
    this.module = module;
    this.name = name;
  }

  /** Returns what a pickle means by a name, or null when that is none of these. */
  static NumpyCall find(String moduleAsWritten, String name) {
    String module = moduleAsWritten;
    if (module.startsWith(MOVED)) {
      module = ORIGINAL + module.substring(MOVED.length());
    } else if (module.equals("__builtin__")) { // Python 2's
      module = "builtins";
    }
    for (NumpyName known : values()) {
      if (known.module.equals(module) && known.name.equals(name)) {
        return new NumpyCall(known);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return module + "." + name;
  }
}
