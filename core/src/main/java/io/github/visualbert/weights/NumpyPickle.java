package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.weights.Pickled.ArrayType;
import io.github.visualbert.weights.Pickled.Bytes;
import io.github.visualbert.weights.Pickled.Name;
import io.github.visualbert.weights.Pickled.NumpyCall;
import io.github.visualbert.weights.Pickled.Opaque;
import io.github.visualbert.weights.Pickled.StorageValue;
import io.github.visualbert.weights.Pickled.TensorValue;
import io.github.visualbert.weights.Pickled.Tuple;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pickle of a dictionary of numpy arrays, as Detectron and its converters wrote weights.
 *
 * <p>The bytes of an array are a string of the pickle. Little-endian ones in a string of bytes are
 * used where they are in the file; others are copied once, when the file is opened. Nothing is
 * called: each name of {@link NumpyName} is an arrangement of the values given to it.
 */
final class NumpyPickle implements PickledObjects {
  /** The longest string that is kept as one; names have some fifty characters. */
  private static final int LONGEST_TEXT = 1024;

  private static final int MAX_DIMENSIONS = 64; // numpy's

  private static final Set<Object> LATIN = Set.of("latin1", "latin-1", "iso-8859-1");

  private final MappedFile file;
  private final TorchPickle collections; // for the values that both kinds of pickle have
  private final Map<String, ArrayBytes> bytes = new HashMap<>();
  private PickleInput input;

  private NumpyPickle(MappedFile file) {
    this.file = file;
    this.collections = new TorchPickle(file);
  }

  /** Returns whether a file may be such a pickle of protocols 0 and 1, which have no mark. */
  static boolean isText(byte[] head) {
    String start = new String(head, 0, Math.min(head.length, 32), StandardCharsets.ISO_8859_1);
    return start.startsWith("(dp")
        || start.startsWith("}q")
        || start.startsWith("ccollections\nOrderedDict\n");
  }

  static TorchFile read(MappedFile file, Arena arena) {
    NumpyPickle numpy = new NumpyPickle(file);
    Object root = new PickleReader(new PickleInput(file), numpy).read();
    Map<String, TorchTensor> tensors = StateDict.of(root, file);
    Map<String, MemorySegment> storages = new HashMap<>();
    // Any number of arrays may be of one text: the same object, not one of the same characters.
    Map<Object, Map<ArrayBytes, MemorySegment>> once = new IdentityHashMap<>();
    for (TorchTensor tensor : tensors.values()) {
      ArrayBytes source = numpy.bytes.get(tensor.storage().key());
      storages.computeIfAbsent(
          tensor.storage().key(),
          unused ->
              once.computeIfAbsent(source.data(), text -> new HashMap<>())
                  .computeIfAbsent(source, found -> found.in(file, arena)));
    }
    return new TorchFile(file, WeightFormat.NUMPY_PICKLE, arena, tensors, storages);
  }

  @Override
  public MappedFile file() {
    return file;
  }

  @Override
  public void readFrom(PickleInput pickle) {
    this.input = pickle;
    collections.readFrom(pickle);
  }

  @Override
  public Pickled find(String module, String name) {
    Pickled found = NumpyName.find(module, name);
    if (found == null) {
      throw hostile(module + "." + name);
    }
    return found;
  }

  @Override
  public ModelException hostile(String name) {
    return collections.hostile(name);
  }

  @Override
  public StorageValue storage(Object id) {
    throw input.malformed("a pickle that refers to another file");
  }

  @Override
  public Object bytes(long length) {
    Bytes run = new Bytes(input.position(), length, false);
    input.skip(length);
    return run;
  }

  @Override
  public Object text(long length) {
    if (length >= 0 && length <= LONGEST_TEXT) {
      return input.text(length);
    }
    Bytes run = new Bytes(input.position(), length, true);
    input.skip(length);
    return run;
  }

  /** Python 2 has one kind of string; a short one of ASCII may be a name, any may be bytes. */
  @Override
  public Object string(long length) {
    long start = input.position();
    if (length >= 0 && length <= LONGEST_TEXT) {
      byte[] string = input.bytes(length);
      for (byte b : string) {
        if (b < 0) {
          return new Bytes(start, length, false);
        }
      }
      return new String(string, StandardCharsets.US_ASCII);
    }
    return bytes(length);
  }

  @Override
  public Object make(Object name, Object arguments) {
    if (!(name instanceof NumpyCall(NumpyName known)) || !(arguments instanceof Tuple tuple)) {
      throw input.malformed("something that is no function is called");
    }
    Object[] given = tuple.elements;
    return switch (known) {
      case ORDERED_DICT -> collections.make(new Name(TorchName.ORDERED_DICT), arguments);
      case ENCODE -> encoded(given);
      case BYTES -> given.length == 0 ? "" : Opaque.OTHER;
      case TYPE -> type(given);
      case RECONSTRUCT -> new TensorValue(null);
      case FROM_BUFFER -> fromBuffer(given);
      case ARRAY, SCALAR -> Opaque.OTHER;
    };
  }

  /** Python writes bytes as a text whose characters they are; no other codec makes bytes here. */
  private Object encoded(Object[] given) {
    if (given.length != 2 || !LATIN.contains(given[1])) {
      throw input.malformed("bytes of another codec than latin1");
    }
    return isBytes(given[0]) ? given[0] : Opaque.OTHER;
  }

  private static boolean isBytes(Object value) {
    return value instanceof String || value instanceof Bytes;
  }

  private ArrayType type(Object[] given) {
    ArrayType type = new ArrayType();
    if (given.length > 0 && given[0] instanceof String code) {
      boolean hasOrder = !code.isEmpty() && "<>|=".indexOf(code.charAt(0)) >= 0;
      type.bigEndian = code.startsWith(">");
      type.type = TorchType.ofNumpy(hasOrder ? code.substring(1) : code);
    }
    return type;
  }

  /** Bytes, type, shape, order. */
  private TensorValue fromBuffer(Object[] given) {
    TensorValue array = new TensorValue(null);
    if (given.length != 4) {
      throw wrongState(NumpyName.FROM_BUFFER);
    }
    fill(array, given[1], given[2], "F".equals(given[3]), given[0]);
    return array;
  }

  @Override
  public void build(Object target, Object state) {
    if (target instanceof TensorValue array) {
      // Version, shape, type, whether column-major, bytes.
      if (!(state instanceof Tuple tuple)
          || tuple.elements.length != 5
          || !(tuple.elements[3] instanceof Boolean || tuple.elements[3] instanceof Long)) {
        throw wrongState(NumpyName.ARRAY);
      }
      boolean columnMajor =
          Boolean.TRUE.equals(tuple.elements[3]) || Long.valueOf(1).equals(tuple.elements[3]);
      fill(array, tuple.elements[2], tuple.elements[1], columnMajor, tuple.elements[4]);
    } else if (target instanceof ArrayType type) {
      order(type, state);
    } else {
      collections.build(target, state);
    }
  }

  /** Version, byte order, type of the parts, their names, their types, …: only numbers are read. */
  private void order(ArrayType type, Object state) {
    if (!(state instanceof Tuple tuple)
        || tuple.elements.length < 3
        || !(tuple.elements[1] instanceof String order)
        || order.length() != 1
        || "<>=|".indexOf(order.charAt(0)) < 0) {
      throw wrongState(NumpyName.TYPE);
    }
    type.bigEndian = order.equals(">");
    if (tuple.elements[2] != Opaque.NONE) {
      type.type = null;
    }
  }

  private void fill(
      TensorValue array, Object typeValue, Object shapeValue, boolean columnMajor, Object data) {
    if (!(typeValue instanceof ArrayType type) || !(shapeValue instanceof Tuple shape)) {
      throw wrongState(NumpyName.ARRAY);
    }
    if (type.type == null || !isBytes(data)) {
      array.tensor = null; // texts, objects, dates, records
      return;
    }
    List<Long> sizes = sizes(shape);
    long bytesNeeded = byteSize(sizes, type.type);
    ArrayBytes source = new ArrayBytes(data, bytesNeeded, type.bigEndian ? type.type.byteSize : 1);
    if (!source.mayHold(bytesNeeded)) {
      throw input.malformed(
          "an array of shape %s needs %d bytes, found %d"
              .formatted(sizes, bytesNeeded, source.length()));
    }
    String key = Integer.toString(bytes.size());
    bytes.put(key, source);
    TorchStorage storage = new TorchStorage(key, type.type, bytesNeeded / type.type.byteSize);
    array.tensor =
        TorchTensor.of(storage, type.type, 0, bytesNeeded, 0, sizes, strides(sizes, columnMajor));
  }

  private List<Long> sizes(Tuple shape) {
    if (shape.elements.length > MAX_DIMENSIONS) {
      throw wrongState(NumpyName.ARRAY);
    }
    List<Long> sizes = new ArrayList<>();
    for (Object size : shape.elements) {
      if (!(size instanceof Long number) || number < 0) {
        throw wrongState(NumpyName.ARRAY);
      }
      sizes.add(number);
    }
    return sizes;
  }

  private long byteSize(List<Long> sizes, TorchType type) {
    try {
      return Math.multiplyExact(TensorInfo.elementCount(sizes), (long) type.byteSize);
    } catch (ArithmeticException overflow) {
      throw input.malformed("an array of shape %s is larger than any file".formatted(sizes));
    }
  }

  /** Returns the elements from one index to the next; the products fit, since the whole does. */
  private static List<Long> strides(List<Long> sizes, boolean columnMajor) {
    Long[] strides = new Long[sizes.size()];
    long stride = 1;
    for (int i = 0; i < strides.length; i++) {
      int dimension = columnMajor ? i : strides.length - 1 - i;
      strides[dimension] = stride;
      stride *= Math.max(sizes.get(dimension), 1);
    }
    return List.of(strides);
  }

  private ModelException wrongState(NumpyName name) {
    return input.malformed("%s is not given what it needs".formatted(name));
  }
}
