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
final class TorchPickle implements PickledObjects {
  private static final int MAX_DIMENSIONS = 64;

  private final MappedFile file;
  private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
  private PickleInput input;
  private int pairsCopied;

  TorchPickle(MappedFile file) {
    this.file = file;
  }

  @Override
  public MappedFile file() {
    return file;
  }

  @Override
  public void readFrom(PickleInput pickle) {
    this.input = pickle;
  }

  /** Returns every storage that was named so far, by its key. */
  Map<String, TorchStorage> storages() {
    return storages;
  }

  /** Returns what a pickle means by a name; every name but a few is refused, called or not. */
  @Override
  public Pickled find(String module, String name) {
    Pickled found = TorchName.find(module, name);
    if (found == null) {
      throw hostile(module + "." + name);
    }
    return found;
  }

  /** The numbers lie elsewhere in the file, so bytes are of no interest. */
  @Override
  public Object bytes(long length) {
    input.skip(length);
    return Opaque.OTHER;
  }

  @Override
  public Object text(long length) {
    return input.text(length);
  }

  @Override
  public Object string(long length) {
    return input.text(length);
  }

  @Override
  public ModelException hostile(String name) {
    return new ModelException(
        Kind.HOSTILE,
        "%s: refused: the pickle asks for %s before byte %d, and weights need no code"
            .formatted(file.path(), TensorInfo.quote(name), input.position()));
  }

  @Override
  public Object make(Object name, Object arguments) {
    if (!(name instanceof Name(TorchName known)) || !(arguments instanceof Tuple tuple)) {
      throw input.malformed("something that is no function is called");
    }
    return make(known, tuple.elements);
  }

  private Pickled make(TorchName known, Object[] given) {
    return switch (known) {
      case ORDERED_DICT -> orderedDict(given);
      case COUNTER -> given.length == 0 ? new Dictionary() : only(Dictionary.class, given);
      case SET -> given.length == 0 ? new Items() : only(Items.class, given);
      case SIZE -> only(Tuple.class, given);
      case REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_TENSOR_V3 -> tensor(known, given);
      case REBUILD_QTENSOR -> quantizedTensor(given);
      case REBUILD_PARAMETER, REBUILD_PARAMETER_WITH_STATE -> parameter(known, given);
      case REBUILD_FROM_CPU_TENSOR -> tensorOfDevice(given);
      case REBUILD_FROM_TYPE -> tensorWithAttributes(given);
      // Before version 0.4 a parameter was its class, called with a tensor.
      case PARAMETER -> given.length > 0 && given[0] instanceof TensorValue t ? t : Opaque.OTHER;
      case REBUILD_FROM_NUMPY,
          REBUILD_META_TENSOR,
          REBUILD_NESTED_TENSOR,
          REBUILD_SPARSE_TENSOR,
          REBUILD_WRAPPER,
          TENSOR,
          TYPED_STORAGE,
          BYTEARRAY,
          COMPLEX,
          DEVICE,
          ENCODE,
          LAYOUT ->
          Opaque.OTHER;
    };
  }

  /** Returns the only argument if it is of a kind: whoever copies another value only aliases it. */
  private static Pickled only(Class<? extends Pickled> kind, Object[] given) {
    return given.length == 1 && kind.isInstance(given[0]) ? kind.cast(given[0]) : Opaque.OTHER;
  }

  private Dictionary orderedDict(Object[] given) {
    Dictionary dictionary = new Dictionary();
    if (given.length == 0) {
      return dictionary;
    }
    if (given.length != 1 || !(given[0] instanceof Items pairs)) {
      throw wrongArguments(TorchName.ORDERED_DICT);
    }
    // One list may be given over and over by a few bytes of pickle.
    pairsCopied += pairs.elements.size();
    if (pairsCopied > PickleReader.MAX_VALUES) {
      throw file.unsupported(
          "the dictionaries of the pickle are given more than %d pairs"
              .formatted(PickleReader.MAX_VALUES));
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
   * type. At last there may be notes, that the numbers are the negative or conjugate of the stored.
   */
  private TensorValue tensor(TorchName name, Object[] given) {
    boolean typed = name == TorchName.REBUILD_TENSOR_V3;
    int notes = typed ? 7 : 6;
    if (given.length > notes
        && given[notes] instanceof Dictionary dictionary
        && !dictionary.members.isEmpty()) {
      throw file.unsupported("a tensor is the negative or conjugate of the numbers in the file");
    }
    TorchType type = null;
    if (typed) {
      if (given.length < notes
          || !(given[6] instanceof Type(TorchType asked, boolean isStorage))
          || isStorage) {
        throw wrongArguments(name);
      }
      type = asked;
    }
    TorchTensor tensor = view(name, type, given);
    if (tensor == null) {
      TorchStorage storage = ((StorageValue) given[0]).storage;
      throw input.malformed(
          "a tensor reaches beyond its storage %s of %d %s"
              .formatted(TensorInfo.quote(storage.key()), storage.length(), storage.type().dtype));
    }
    return new TensorValue(tensor);
  }

  /** Returns a view on a storage, or null when it reaches beyond that. */
  private TorchTensor view(TorchName name, TorchType type, Object[] given) {
    if (given.length >= 4
        && given[0] instanceof StorageValue storage
        && given[1] instanceof Long offset
        && given[2] instanceof Tuple size
        && given[3] instanceof Tuple stride) {
      return TorchTensor.of(
          storage.storage,
          type == null ? storage.storage.type() : type,
          storage.offset,
          storage.length,
          offset,
          longs(size, name),
          longs(stride, name));
    }
    throw wrongArguments(name);
  }

  /** Such a tensor is listed, not read; one with several elements a byte is passed over. */
  private Pickled quantizedTensor(Object[] given) {
    TorchTensor tensor = view(TorchName.REBUILD_QTENSOR, null, given);
    return tensor == null ? Opaque.OTHER : new TensorValue(tensor);
  }

  private TensorValue parameter(TorchName name, Object[] given) {
    if (given.length >= 3 && given[0] instanceof TensorValue tensor) {
      return tensor;
    }
    throw wrongArguments(name);
  }

  /** The tensor as it was copied from the device, and the type that it had there: the same. */
  private static Pickled tensorOfDevice(Object[] given) {
    return given.length >= 2
            && given[0] instanceof TensorValue tensor
            && given[1] instanceof Type(TorchType type, boolean isStorage)
            && !isStorage
            && type == tensor.tensor.type()
        ? tensor
        : Opaque.OTHER;
  }

  private Pickled tensorWithAttributes(Object[] given) {
    if (given.length == 4
        && given[0] instanceof Name(TorchName function)
        && function != TorchName.REBUILD_FROM_TYPE
        && given[2] instanceof Tuple arguments) {
      return make(function, arguments.elements);
    }
    throw wrongArguments(TorchName.REBUILD_FROM_TYPE);
  }

  /**
   * A tuple may be used over and over by a few bytes of pickle, so it must not be long: torch's
   * tensors have 64 dimensions at most.
   */
  private List<Long> longs(Tuple tuple, TorchName name) {
    if (tuple.elements.length > MAX_DIMENSIONS) {
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
  @Override
  public StorageValue storage(Object id) {
    if (id instanceof Tuple tuple
        && tuple.elements.length >= 5
        && "storage".equals(tuple.elements[0])
        && tuple.elements[1] instanceof Type(TorchType type, boolean isStorage)
        && isStorage
        && tuple.elements[2] instanceof String key
        && tuple.elements[4] instanceof Long length) {
      if (length < 0 || length > Long.MAX_VALUE / type.byteSize) {
        throw input.malformed(
            "the storage %s claims %d elements".formatted(TensorInfo.quote(key), length));
      }
      TorchStorage storage = new TorchStorage(key, type, length);
      if (!storages.computeIfAbsent(key, unused -> storage).equals(storage)) {
        throw input.malformed(
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
    throw input.malformed("a persistent id that names no storage");
  }

  /**
   * Gives an object a state, which is of no interest: what a module notes of its state_dict, the
   * attributes of a tensor or, in old files, whether a parameter was trained.
   */
  @Override
  public void build(Object target, Object state) {
    boolean passedOver =
        switch (target) {
          case Dictionary unused -> state instanceof Dictionary;
          // A tuple of four would lay the tensor over another storage.
          case TensorValue unused ->
              state instanceof Dictionary || state instanceof Tuple t && t.elements.length == 3;
          default -> target == Opaque.OTHER;
        };
    if (!passedOver) {
      throw input.malformed("a state is given to something that has none");
    }
  }

  private ModelException wrongArguments(TorchName name) {
    return input.malformed("%s is not given what it needs".formatted(name));
  }
}
