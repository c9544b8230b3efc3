package io.github.visualbert.weights;

import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Writes a safetensors file, laid out as the reference library does: types of larger elements first
 * and names in order within a type, so that every tensor is aligned to its element; the header
 * padded with spaces to 8 bytes.
 *
 * <p>Tensors are added first and written by {@link #write}, one after the other, so a converted
 * tensor exists only while it is written. The file appears under its name complete or not at all:
 * it is written to another name and moved. Not thread-safe.
 */
public final class SafetensorsWriter {
  /**
   * Bytes handed to the operating system at once; memory on the heap is copied in pieces of this
   * size.
   */
  private static final int PIECE = 1 << 20;

  private static final Comparator<Entry> ORDER_IN_FILE =
      Comparator.comparing(Entry::dtype).reversed().thenComparing(Entry::name);

  private record Entry(
      String name, DType dtype, long[] shape, long byteSize, Supplier<MemorySegment> data) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /** Adds a line of metadata, such as {@code format}. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor, whose memory must not change until the file is written. */
  public SafetensorsWriter add(String name, Tensor tensor) {
    return add(name, tensor.dtype(), tensor.shape(), tensor::data);
  }

  /**
   * Adds a tensor that is made when it is written.
   *
   * @param data gives the elements, densely in row-major order and little-endian; asked once
   * @throws IllegalArgumentException when there is a tensor of that name already
   */
  public SafetensorsWriter add(
      String name, DType dtype, long[] shape, Supplier<MemorySegment> data) {
    long byteSize = dtype.byteSize();
    for (long size : shape) {
      byteSize = Math.multiplyExact(byteSize, size);
    }
    if (name.equals("__metadata__") || entries.containsKey(name)) {
      throw new IllegalArgumentException(
          "a tensor cannot be named " + name + ": the name is taken");
    }
    entries.put(name, new Entry(name, dtype, shape.clone(), byteSize, data));
    return this;
  }

  /** Returns the size of all tensors, in bytes. */
  public long byteSize() {
    return entries.values().stream().mapToLong(Entry::byteSize).sum();
  }

  /** Writes the file, replacing one that is there. */
  public void write(Path target) throws IOException {
    write(target, written -> {});
  }

  /**
   * Writes the file, replacing one that is there.
   *
   * @param progress called now and then with the number of tensor bytes written, at the end with
   *     {@link #byteSize}
   * @throws IOException when it cannot be written; nothing is left behind then, and an old file is
   *     unchanged
   */
  public void write(Path target, LongConsumer progress) throws IOException {
    try (AtomicFile file = AtomicFile.of(target)) {
      try (FileChannel channel =
          FileChannel.open(
              file.unfinished(),
              StandardOpenOption.WRITE,
              file.isDirect() ? StandardOpenOption.APPEND : StandardOpenOption.CREATE_NEW)) {
        write(channel, progress);
      }
      file.commit();
    }
  }

  private void write(FileChannel channel, LongConsumer progress) throws IOException {
    List<Entry> ordered = entries.values().stream().sorted(ORDER_IN_FILE).toList();
    write(channel, MemorySegment.ofArray(header(ordered)), 0, bytes -> {});
    long written = 0;
    for (Entry entry : ordered) {
      MemorySegment data = entry.data().get();
      if (data.byteSize() != entry.byteSize()) {
        throw new IllegalArgumentException(
            "tensor %s has %d bytes, found %d"
                .formatted(entry.name(), entry.byteSize(), data.byteSize()));
      }
      write(channel, data, written, progress);
      written += entry.byteSize();
    }
    progress.accept(written);
  }

  private byte[] header(Collection<Entry> ordered) {
    JsonWriter json = new JsonWriter().beginObject();
    if (!metadata.isEmpty()) {
      json.name("__metadata__").beginObject();
      metadata.forEach(json::field);
      json.endObject();
    }
    long begin = 0;
    for (Entry entry : ordered) {
      long end = Math.addExact(begin, entry.byteSize());
      json.name(entry.name()).beginObject().field("dtype", entry.dtype().name());
      json.field("shape", entry.shape()).field("data_offsets", new long[] {begin, end}).endObject();
      begin = end;
    }
    byte[] text = json.endObject().toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) & -8;
    ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(text);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.array();
  }

  private static void write(
      FileChannel channel, MemorySegment data, long before, LongConsumer progress)
      throws IOException {
    for (long done = 0; done < data.byteSize(); ) {
      long piece = Math.min(PIECE, data.byteSize() - done);
      MemorySegment slice = data.asSlice(done, piece);
      ByteBuffer bytes =
          data.isNative()
              ? slice.asByteBuffer()
              : ByteBuffer.wrap(slice.toArray(ValueLayout.JAVA_BYTE)); // of any kind of array
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      done += piece;
      progress.accept(before + done);
    }
  }
}
