package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.weights.Pickled.Dictionary;
import io.github.visualbert.weights.Pickled.Items;
import io.github.visualbert.weights.Pickled.Name;
import io.github.visualbert.weights.Pickled.Opaque;
import io.github.visualbert.weights.Pickled.StorageValue;
import io.github.visualbert.weights.Pickled.TensorValue;
import io.github.visualbert.weights.Pickled.Tuple;
import io.github.visualbert.weights.Pickled.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the values of torch's pickles are made of: the objects that torch.save calls by name.
 * Nothing is called here; each name of {@link TorchName} is an arrangement of the values given to
 * it.
 */
final class TorchPickle {
  private static final int MOST_DIMENSIONS = 64;

  private final MappedFile file;
  private final Map<String, TorchStorage> storages = new LinkedHashMap<>();

  TorchPickle(MappedFile file) {
    this.file = file;
  }

  MappedFile file() {
    return file;
  }

  /** Returns every storage that was named so far, by its key. */
  Map<String, TorchStorage> storages() {
    return storages;
  }

  /** Returns what a pickle means by a name; every name but a few is refused, called or not. */
  Pickled find(String module, String name) {
    Pickled found = TorchName.find(module, name);
    if (found == null) {
      throw hostile(module + "." + name);
    }
    return found;
  }

  ModelException hostile(String name) {
    return new ModelException(
        Kind.HOSTILE,
        "%s: refused: the pickle asks for %s, and weights need no code"
            .formatted(file.path(), TensorInfo.quote(name)));
  }

  /** Returns the value of a name applied to arguments. */
  Object make(Object name, Object arguments) {
    if (!(name instanceof Name(TorchName known)) || !(arguments instanceof Tuple tuple)) {
      throw file.malformed("pickle: something that is no function is called");
    }
    Object[] given = tuple.elements;
    return switch (known) {
      case ORDERED_DICT -> orderedDict(given);
      case REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_TENSOR_V3 -> tensor(known, given);
      case REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE -> parameter(known, given);
      case SIZE -> given.length == 1 && given[0] instanceof Tuple size ? size : Opaque.OTHER;
      case DEVICE, ENCODE -> Opaque.OTHER;
    };
  }

  private Dictionary orderedDict(Object[] given) {
    Dictionary dictionary = new Dictionary();
    if (given.length == 0) {
      return dictionary;
    }
    if (given.length != 1 || !(given[0] instanceof Items pairs)) {
      throw wrongArguments(TorchName.ORDERED_DICT);
    }
    for (Object pair : pairs.elements) {
      Object[] keyAndValue =
          switch (pair) {
            case Tuple tuple -> tuple.elements;
            case Items items when items.elements.size() == 2 -> items.elements.toArray();
            default -> new Object[0];
          };
      if (keyAndValue.length != 2) {
        throw wrongArguments(TorchName.ORDERED_DICT);
      }
      dictionary.members.put(keyAndValue[0], keyAndValue[1]);
    }
    return dictionary;
  }

  /**
   * Storage, offset, size, stride, and what only training needs; in the third form also the element
   * type.
   */
  private TensorValue tensor(TorchName name, Object[] given) {
    if (given.length >= 4
        && given[0] instanceof StorageValue storage
        && given[1] instanceof Long offset
        && given[2] instanceof Tuple size
        && given[3] instanceof Tuple stride) {
      TorchType type = storage.storage.type();
      if (name == TorchName.REBUILD_TENSOR_V3) {
        if (given.length < 7
            || !(given[6] instanceof Type(TorchType asked, boolean isStorage))
            || isStorage) {
          throw wrongArguments(name);
        }
        type = asked;
      }
      TorchTensor tensor =
          TorchTensor.of(
              storage.storage,
              type,
              storage.offset,
              storage.length,
              offset,
              longs(size, name),
              longs(stride, name));
      if (tensor == null) {
        throw file.malformed(
            "a tensor reaches beyond its storage %s of %d %s"
                .formatted(
                    TensorInfo.quote(storage.storage.key()),
                    storage.storage.length(),
                    storage.storage.type().dtype));
      }
      return new TensorValue(tensor);
    }
    throw wrongArguments(name);
  }

  private TensorValue parameter(TorchName name, Object[] given) {
    if (given.length >= 3 && given[0] instanceof TensorValue tensor) {
      return tensor;
    }
    throw wrongArguments(name);
  }

  /**
   * A tuple may be used over and over by a few bytes of pickle, so it must not be long: torch's
   * tensors have 64 dimensions at most.
   */
  private List<Long> longs(Tuple tuple, TorchName name) {
    if (tuple.elements.length > MOST_DIMENSIONS) {
      throw wrongArguments(name);
    }
    List<Long> longs = new ArrayList<>(tuple.elements.length);
    for (Object element : tuple.elements) {
      if (!(element instanceof Long value)) {
        throw wrongArguments(name);
      }
      longs.add(value);
    }
    return longs;
  }

  /**
   * Returns the storage of a persistent id: {@code ("storage", type, key, location, elements)}, in
   * old files with a sixth member, None or a part of the storage {@code (key, offset, elements)}.
   */
  StorageValue storage(Object id) {
    if (id instanceof Tuple tuple
        && tuple.elements.length >= 5
        && "storage".equals(tuple.elements[0])
        && tuple.elements[1] instanceof Type(TorchType type, boolean isStorage)
        && isStorage
        && tuple.elements[2] instanceof String key
        && tuple.elements[4] instanceof Long length) {
      if (length < 0 || length > Long.MAX_VALUE / type.byteSize) {
        throw file.malformed(
            "the storage %s claims %d elements".formatted(TensorInfo.quote(key), length));
      }
      TorchStorage storage = new TorchStorage(key, type, length);
      if (!storages.computeIfAbsent(key, unused -> storage).equals(storage)) {
        throw file.malformed(
            "the storage %s is described in two ways".formatted(TensorInfo.quote(key)));
      }
      Object part = tuple.elements.length > 5 ? tuple.elements[5] : Opaque.NONE;
      if (part == Opaque.NONE) {
        return new StorageValue(storage, 0, storage.byteSize());
      }
      if (part instanceof Tuple view
          && view.elements.length == 3
          && view.elements[1] instanceof Long offset
          && view.elements[2] instanceof Long partLength
          && offset >= 0
          && partLength >= 0
          && offset <= length
          && partLength <= length - offset) {
        return new StorageValue(storage, offset * type.byteSize, partLength * type.byteSize);
      }
    }
    throw file.malformed("pickle: a persistent id that names no storage");
  }

  /**
   * Gives an object a state: what a module notes of its state_dict is of no interest, and nothing
   * else has any.
   */
  void build(Object target, Object state) {
    if (!(target instanceof Dictionary) || !(state instanceof Dictionary)) {
      throw file.malformed("pickle: a state is given to something that has none");
    }
  }

  private ModelException wrongArguments(TorchName name) {
    return file.malformed("pickle: %s is not given what it needs".formatted(name));
  }
}
