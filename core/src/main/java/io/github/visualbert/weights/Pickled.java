package io.github.visualbert.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a pickle that is not simply a String, Long, Double or Boolean.
 *
 * <p>All but the records and the last are equal only to themselves: they may contain each other in
 * a circle, and comparing or hashing them by content would follow a hostile file wherever it leads.
 */
sealed interface Pickled {
  /** A list, or a set, which is not told apart. */
  final class Items implements Pickled {
    final List<Object> elements = new ArrayList<>(4);
  }

  /** A tuple. */
  final class Tuple implements Pickled {
    final Object[] elements;

    Tuple(Object... elements) {
      this.elements = elements;
    }
  }

  /** A dictionary, ordered as Python's are; also an OrderedDict or Counter. */
  final class Dictionary implements Pickled {
    final Map<Object, Object> members = new LinkedHashMap<>(4);
  }

  /** A tensor; null for an array of numpy before it has a state, and of what is no number. */
  final class TensorValue implements Pickled {
    TorchTensor tensor;

    TensorValue(TorchTensor tensor) {
      this.tensor = tensor;
    }
  }

  /** A storage or, in old files, a part of one; offset and length are in bytes. */
  final class StorageValue implements Pickled {
    final TorchStorage storage;
    final long offset;
    final long length;

    StorageValue(TorchStorage storage, long offset, long length) {
      this.storage = storage;
      this.offset = offset;
      this.length = length;
    }
  }

  /** One of the few names that a pickle may speak of. */
  record Name(TorchName name) implements Pickled {}

  /** The element type of a tensor or storage. */
  record Type(TorchType type, boolean storage) implements Pickled {}

  /** One of the few names that a pickle of numpy may speak of. */
  record NumpyCall(NumpyName name) implements Pickled {}

  /** The element type of an array, whose byte order is a state that it is given later. */
  final class ArrayType implements Pickled {
    TorchType type; // null for what is no number
    boolean bigEndian;
  }

  /**
   * Bytes of the file.
   *
   * @param utf8 whether they are the UTF-8 of a text, whose code points are the bytes that are
   *     meant
   */
  record Bytes(long offset, long length, boolean utf8) implements Pickled {}

  /** None, and values that no tensor of ours is made of: bytes, devices, sparse tensors. */
  enum Opaque implements Pickled {
    NONE,
    OTHER
  }
}
