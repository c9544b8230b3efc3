package io.github.visualbert.cli.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The data caches of a processor, as Linux describes them. */
final class CpuCaches {
  /** Those of the first processor. */
  static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private CpuCaches() {}

  /**
   * Returns the sizes from the smallest level on, such as {@code L1 48K, L2 1024K}; empty where the
   * system does not tell, as many virtual machines do not.
   *
   * @param folder with a folder for each cache, such as {@link #FOLDER}
   */
  static String describe(Path folder) {
    TreeMap<String, String> sizes = new TreeMap<>();
    try (DirectoryStream<Path> caches = Files.newDirectoryStream(folder, "index*")) {
      for (Path cache : caches) {
        if (!read(cache, "type").equals("Instruction")) {
          sizes.put("L" + read(cache, "level"), read(cache, "size"));
        }
      }
    } catch (IOException e) {
      return "";
    }
    StringJoiner text = new StringJoiner(", ");
    sizes.forEach((level, size) -> text.add(level + " " + size));
    return text.toString();
  }

  private static String read(Path cache, String name) throws IOException {
    return Files.readString(cache.resolve(name)).strip();
  }
}
