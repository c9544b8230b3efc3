package io.github.visualbert.weights;

import io.github.visualbert.weights.Pickled.Dictionary;
import io.github.visualbert.weights.Pickled.Items;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what torch.save wrote before version 1.6: five pickles one after the other (a magic number,
 * a version, the writer's machine, the object, the keys of the storages) and then the storages in
 * the order of the keys, each a count of elements (8 bytes) and its bytes.
 */
final class TorchLegacy {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final Long PROTOCOL = 1001L;

  private final MappedFile file;
  private final Arena arena;
  private final TorchPickle torch;
  private long at;

  private TorchLegacy(MappedFile file, Arena arena) {
    this.file = file;
    this.arena = arena;
    this.torch = new TorchPickle(file);
  }

  /** Returns whether a pickle is the first of such a file: a magic number, at most in a frame. */
  static boolean isAtStartOf(byte[] head) {
    byte[] magic = MAGIC.toByteArray(); // big-endian
    for (int at = 2; at + 2 + magic.length <= Math.min(head.length, 32); at++) {
      int i = 0;
      while (i < magic.length && head[at + 2 + i] == magic[magic.length - 1 - i]) {
        i++;
      }
      if (i == magic.length && head[at] == (byte) 0x8a && head[at + 1] == magic.length) {
        return true;
      }
    }
    return false;
  }

  static TorchFile read(MappedFile file, Arena arena) {
    return new TorchLegacy(file, arena).read();
  }

  private TorchFile read() {
    if (!MAGIC.equals(pickle())) {
      throw file.malformed("a pickle, and not a file of torch.save");
    }
    Object protocol = pickle();
    if (!PROTOCOL.equals(protocol)) {
      throw file.unsupported(
          "expected version 1001 of the old format of torch.save, found another");
    }
    if (!(pickle() instanceof Dictionary machine)
        || !Boolean.TRUE.equals(machine.members.get("little_endian"))) {
      throw file.unsupported("expected a file of a little-endian machine, found another");
    }
    Map<String, TorchTensor> tensors = StateDict.of(pickle(), file);
    if (!(pickle() instanceof Items keys)) {
      throw file.malformed("the keys of the storages are missing");
    }
    Map<String, MemorySegment> storages = new HashMap<>();
    for (Object key : keys.elements) {
      if (!(key instanceof String name)
          || storages.put(name, storage(torch.storages().get(name), name)) != null) {
        throw file.malformed("the keys of the storages are no names, or one is there twice");
      }
    }
    for (TorchTensor tensor : tensors.values()) {
      if (!storages.containsKey(tensor.storage().key())) {
        throw file.malformed(
            "the storage %s is missing".formatted(TensorInfo.quote(tensor.storage().key())));
      }
    }
    return new TorchFile(file, WeightFormat.TORCH_LEGACY, arena, tensors, storages);
  }

  private Object pickle() {
    PickleInput input = new PickleInput(file, at, file.size());
    Object value = new PickleReader(input, torch).read();
    at = input.position();
    return value;
  }

  private MemorySegment storage(TorchStorage storage, String key) {
    String quoted = TensorInfo.quote(key);
    if (storage == null) {
      throw file.malformed("the storage %s belongs to no tensor".formatted(quoted));
    }
    if (file.size() - at < Long.BYTES) {
      throw file.malformed("the storage %s is missing: the file was cut short".formatted(quoted));
    }
    long length =
        ByteBuffer.wrap(file.read(at, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    at += Long.BYTES;
    if (length != storage.length()) {
      throw file.malformed(
          "the storage %s: expected %d elements, found %d"
              .formatted(quoted, storage.length(), length));
    }
    if (storage.byteSize() > file.size() - at) {
      throw file.malformed(
          "the file was cut short: the storage %s has %d bytes, %d are left"
              .formatted(quoted, storage.byteSize(), file.size() - at));
    }
    MemorySegment bytes = file.slice(at, storage.byteSize());
    at += storage.byteSize();
    return bytes;
  }
}
