package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A {@code .npz} file: NumPy arrays by name in a zip, stored or deflated. Each is read on demand
 * and checked against its CRC-32.
 */
final class NpzFeatureFile extends FeatureFile {
  private static final String SUFFIX = ".npy";

  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
  private final List<String> names;

  NpzFeatureFile(Path file) {
    super(file.toString());
    if (file.getFileSystem() != FileSystems.getDefault()) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: expected a file on disk, found one in %s; copy it to a folder"
              .formatted(file, file.getFileSystem()));
    }
    try {
      zip = new ZipFile(file.toFile());
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(source(), e);
    }
    try {
      names = readNames();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  static boolean recognises(byte[] head) {
    return InputFiles.startsWith(head, 'P', 'K', 3, 4)
        || InputFiles.startsWith(head, 'P', 'K', 5, 6);
  }

  /** Returns the name of the first entry of a zip, as much of it as these first bytes hold. */
  static String firstName(byte[] head) {
    int length = head.length > 30 ? (head[26] & 0xff) + ((head[27] & 0xff) << 8) : 0;
    return new String(
        head,
        Math.min(30, head.length),
        Math.min(length, Math.max(0, head.length - 30)),
        StandardCharsets.UTF_8);
  }

  private List<String> readNames() {
    try {
      zip.stream()
          .filter(entry -> entry.getName().endsWith(SUFFIX))
          .forEach(
              entry -> {
                String name =
                    entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
                if (entries.put(name, entry) != null) {
                  throw new InputException(
                      Kind.MALFORMED, "%s: holds %s twice".formatted(source(), printable(name)));
                }
                if (entries.size() > MAX_PICTURES) {
                  throw new InputException(
                      Kind.UNSUPPORTED,
                      "%s: holds more than %d arrays".formatted(source(), MAX_PICTURES));
                }
              });
    } catch (IllegalArgumentException e) { // a name that is not UTF-8
      throw damaged(source(), e);
    }
    if (entries.isEmpty()) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: expected region features, found a zip without NumPy arrays".formatted(source()));
    }
    return List.copyOf(entries.keySet());
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public VisualFeatures read() {
    return array(onlyName());
  }

  @Override
  public VisualFeatures read(String name) {
    return array(entries.containsKey(name) ? name : nameAt(name));
  }

  private VisualFeatures array(String name) {
    String where = source() + "[" + printable(name) + "]";
    NpyArray array = NpyArray.parse(bytes(entries.get(name), where), where);
    return VisualFeatures.ofFile(where, array.shape(), array.values());
  }

  private byte[] bytes(ZipEntry entry, String where) {
    byte[] bytes;
    try (InputStream in = zip.getInputStream(entry)) {
      bytes = in.readNBytes(MAX_ARRAY_BYTES + 1);
    } catch (IOException e) {
      throw damaged(where, e);
    }
    if (bytes.length > MAX_ARRAY_BYTES) {
      throw new InputException(
          Kind.UNSUPPORTED, "%s: expected at most %d bytes".formatted(where, MAX_ARRAY_BYTES));
    }
    CRC32 crc = new CRC32();
    crc.update(bytes);
    if (crc.getValue() != entry.getCrc()) { // ZipFile does not compare it
      throw new InputException(
          Kind.MALFORMED,
          "%s: the zip says checksum %08x, its bytes have %08x"
              .formatted(where, entry.getCrc(), crc.getValue()));
    }
    return bytes;
  }

  private static InputException damaged(String where, Exception e) {
    return new InputException(
        Kind.MALFORMED,
        "%s: damaged zip (%s)".formatted(where, printable(String.valueOf(e.getMessage()))),
        e);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      // Nothing is lost when closing a file that was only read fails.
    }
  }
}
