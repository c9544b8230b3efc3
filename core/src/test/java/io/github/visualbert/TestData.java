package io.github.visualbert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The files under testdata that tests of several packages read. */
public final class TestData {
  public static final Path ROOT = Path.of(System.getProperty("testdata"));
  public static final Path DEMO_IMAGES = ROOT.resolve("demo/images");
  public static final Path DEMO_FEATURES = DEMO_IMAGES.resolve("features");
  public static final Path PICTURES = ROOT.resolve("pictures");
  public static final Path FEATURES = ROOT.resolve("features");

  private TestData() {}

  public static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of any size that takes little space on the disk: zeros after its start. */
  public static Path sparse(Path file, long size, byte... start) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(start));
      channel.write(ByteBuffer.allocate(1), size - 1);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<Path> files(Path folder, Predicate<String> name) {
    List<Path> files = new ArrayList<>();
    try (var all = Files.newDirectoryStream(folder)) {
      all.forEach(
          file -> {
            if (name.test(file.getFileName().toString())) {
              files.add(file);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }
}
