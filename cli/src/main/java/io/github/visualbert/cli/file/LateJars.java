package io.github.visualbert.cli.file;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Libraries that few commands need, loaded when one does.
 *
 * <p>Each jar on the class path makes every start slower, also of commands without it. So these lie
 * in folders of their own beside the program's jar and are appended to the class path on demand, by
 * the internal method that the JDK has for agents. The program's manifest opens it.
 */
public final class LateJars {
  private LateJars() {}

  /**
   * Appends the jars of a folder to the class path, unless their classes are there already.
   *
   * @param folder its name, beside the program's jar
   * @param type the name of a class in one of the jars
   * @throws java.nio.file.FileSystemException when the jars cannot be opened, all at once as the
   *     class loader will hold them; of one that it cannot open it says only that there is no such
   *     class
   * @throws IOException when this JVM does not let jars be appended
   */
  public static synchronized void load(String folder, String type) throws IOException {
    ClassLoader loader = LateJars.class.getClassLoader();
    if (loader.getResource(type.replace('.', '/') + ".class") != null) {
      return;
    }
    try {
      Method append =
          loader.getClass().getDeclaredMethod("appendToClassPathForInstrumentation", String.class);
      append.setAccessible(true);
      List<Path> jars = jars(folder);
      requireDescriptors(jars);
      for (Path jar : jars) {
        append.invoke(loader, jar.toString());
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IOException(e);
    }
  }

  private static void requireDescriptors(List<Path> jars) throws IOException {
    List<InputStream> open = new ArrayList<>();
    try {
      for (Path jar : jars) {
        open.add(Files.newInputStream(jar));
      }
    } finally {
      for (InputStream jar : open) {
        jar.close();
      }
    }
  }

  private static List<Path> jars(String folder) throws IOException {
    try (Stream<Path> files =
        Files.list(
            Path.of(LateJars.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolveSibling(folder))) {
      return files.sorted().toList();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
