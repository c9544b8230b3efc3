package io.github.visualbert.weights;

import io.github.visualbert.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Files of torch.save written by hand, around the pickles of {@link PickleWriter}. */
final class TorchBytes {
  /** A storage of six floats: 0, 1, 2, 3, 4, 5. */
  static final byte[] SIX = floats(0, 1, 2, 3, 4, 5);

  private TorchBytes() {}

  /**
   * Writes a zip archive without compression: the pickle, the storages, and an empty entry at the
   * end.
   */
  static byte[] archive(byte[] pickle, boolean wide, byte[]... storages) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("m/data.pkl", pickle);
    for (int i = 0; i < storages.length; i++) {
      entries.put("m/data/" + i, storages[i]);
    }
    entries.putIfAbsent(storages.length < 2 ? "m/version" : "m/data/1", new byte[0]);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    entries.forEach(
        (name, content) -> {
          CRC32 sum = new CRC32();
          sum.update(content);
          long at = file.size();
          write(
              file,
              0x04034b50,
              4,
              20,
              2,
              0,
              2,
              0,
              2,
              0,
              4,
              sum.getValue(),
              4,
              content.length,
              4,
              content.length,
              4);
          write(file, name.length(), 2, 0, 2);
          file.writeBytes(name.getBytes(StandardCharsets.UTF_8));
          file.writeBytes(content);
          write(directory, 0x02014b50, 4, 20, 2, 20, 2, 0, 2, 0, 2, 0, 4, sum.getValue(), 4);
          write(directory, wide ? -1 : content.length, 4, wide ? -1 : content.length, 4);
          write(
              directory,
              name.length(),
              2,
              wide ? 4 + 28 : 0,
              2,
              0,
              2,
              0,
              2,
              0,
              2,
              0,
              4,
              wide ? -1 : at,
              4);
          directory.writeBytes(name.getBytes(StandardCharsets.UTF_8));
          if (wide) {
            write(
                directory,
                0x7777,
                2,
                0,
                2,
                1,
                2,
                24,
                2,
                content.length,
                8,
                content.length,
                8,
                at,
                8);
          }
        });
    long start = file.size();
    file.writeBytes(directory.toByteArray());
    if (wide) {
      long end64 = file.size();
      write(
          file,
          0x06064b50,
          4,
          44,
          8,
          45,
          2,
          45,
          2,
          0,
          4,
          0,
          4,
          entries.size(),
          8,
          entries.size(),
          8);
      write(file, directory.size(), 8, start, 8, 0x07064b50, 4, 0, 4, end64, 8, 1, 4);
    }
    int count = wide ? -1 : entries.size();
    write(
        file,
        0x06054b50,
        4,
        0,
        2,
        0,
        2,
        count,
        2,
        count,
        2,
        directory.size(),
        4,
        wide ? -1 : start,
        4,
        0,
        2);
    return file.toByteArray();
  }

  /** Writes the old form: the pickle, the keys, the storages, all of floats. */
  static byte[] legacy(byte[] pickle, byte[][] storages, String... keys) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    byte[] magic = {
      0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19
    };
    file.writeBytes(new PickleWriter().raw(0x8a, 10).raw(magic).toBytes());
    file.writeBytes(new PickleWriter().integer(1001).toBytes());
    file.writeBytes(new PickleWriter().raw('}').text("little_endian").raw(0x88, 's').toBytes());
    file.writeBytes(pickle);
    PickleWriter list = new PickleWriter().raw(']', '(');
    for (String key : keys) {
      list.text(key);
    }
    file.writeBytes(list.raw('e').toBytes());
    for (byte[] storage : storages) {
      file.writeBytes(PickleWriter.littleEndian(storage.length / 4, 8));
      file.writeBytes(storage);
    }
    return file.toByteArray();
  }

  /** Writes numbers, each followed by how many bytes it takes. */
  private static void write(ByteArrayOutputStream to, long... numbersAndSizes) {
    for (int i = 0; i < numbersAndSizes.length; i += 2) {
      to.writeBytes(PickleWriter.littleEndian(numbersAndSizes[i], (int) numbersAndSizes[i + 1]));
    }
  }

  static long get(byte[] bytes, int at, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[at + i] & 0xffL) << 8 * i;
    }
    return value;
  }

  /** Returns a copy with some numbers replaced: where, the number, its bytes. */
  static byte[] change(byte[] bytes, long... changes) {
    byte[] copy = bytes.clone();
    for (int i = 0; i < changes.length; i += 3) {
      int size = (int) changes[i + 2];
      System.arraycopy(
          PickleWriter.littleEndian(changes[i + 1], size), 0, copy, (int) changes[i], size);
    }
    return copy;
  }

  static byte[] floats(float... values) {
    return Goldens.bytes(Tensor.of(values, values.length));
  }
}
