package io.github.visualbert.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what torch.save writes since version 1.6: a zip archive with a pickle {@code NAME/data.pkl}
 * and one entry {@code NAME/data/KEY} for each storage, stored without compression. An archive that
 * was packed again with compression is inflated into memory instead of mapped.
 */
final class TorchZip {
  private static final String PICKLE = "/data.pkl";
  private static final int LONGEST_ENTRY = Integer.MAX_VALUE - 8;

  private final MappedFile file;
  private final Arena arena;
  private final ZipDirectory zip;

  private TorchZip(MappedFile file, Arena arena) {
    this.file = file;
    this.arena = arena;
    this.zip = new ZipDirectory(file);
  }

  static TorchFile read(MappedFile file, Arena arena) {
    return new TorchZip(file, arena).read();
  }

  private TorchFile read() {
    ZipDirectory.Entry pickle = pickle();
    String folder = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
    checkByteOrder(zip.entries().get(folder + "/byteorder"));
    TorchPickle torch = new TorchPickle(file);
    Object root =
        new PickleReader(new PickleInput(file, zip.read(pickle, PickleInput.LONGEST)), torch)
            .read();
    Map<String, TorchTensor> tensors = StateDict.of(root, file);
    Map<String, MemorySegment> storages = new HashMap<>();
    for (TorchTensor tensor : tensors.values()) {
      TorchStorage storage = tensor.storage();
      storages.computeIfAbsent(
          storage.key(), key -> bytes(storage, zip.entries().get(folder + "/data/" + key)));
    }
    return new TorchFile(file, WeightFormat.TORCH_ZIP, arena, tensors, storages);
  }

  private ZipDirectory.Entry pickle() {
    List<ZipDirectory.Entry> pickles =
        zip.entries().values().stream()
            .filter(entry -> entry.name().endsWith(PICKLE))
            .filter(entry -> entry.name().indexOf('/') == entry.name().length() - PICKLE.length())
            .toList();
    if (pickles.size() != 1) {
      throw file.malformed("expected one data.pkl in the zip archive, found " + pickles.size());
    }
    return pickles.getFirst();
  }

  private void checkByteOrder(ZipDirectory.Entry entry) {
    if (entry != null) {
      String order = new String(zip.read(entry, 16), StandardCharsets.ISO_8859_1);
      if (!order.equals("little")) {
        throw file.unsupported(
            "the byte order is %s, expected little".formatted(TensorInfo.quote(order)));
      }
    }
  }

  private MemorySegment bytes(TorchStorage storage, ZipDirectory.Entry entry) {
    String key = TensorInfo.quote(storage.key());
    if (entry == null) {
      throw file.malformed("the storage %s is not in the zip archive".formatted(key));
    }
    if (entry.size() != storage.byteSize()) {
      throw file.malformed(
          "the storage %s: expected %d bytes, found %d"
              .formatted(key, storage.byteSize(), entry.size()));
    }
    if (entry.isStored()) {
      return file.slice(zip.dataOffset(entry), entry.size());
    }
    byte[] inflated = zip.read(entry, LONGEST_ENTRY);
    return arena.allocate(inflated.length, 64).copyFrom(MemorySegment.ofArray(inflated));
  }
}
