package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads Arrow when it is needed.
 *
 * <p>Sixteen jars on the class path would make every start a tenth slower, even of commands without
 * Arrow. So they lie in a separate folder and are appended to the class path on demand, by the
 * internal method that the JDK has for agents. The program's manifest opens it.
 */
public final class ArrowJars {
  private static boolean loaded;

  private ArrowJars() {}

  /**
   * Loads Arrow. Must be called before any class of Arrow is used.
   *
   * @throws ArrowUnavailableException when it cannot be found, or cannot run on this JVM
   */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    ClassLoader loader = ArrowJars.class.getClassLoader();
    if (loader.getResource("org/apache/arrow/vector/FieldVector.class") == null) {
      try {
        Method append =
            loader
                .getClass()
                .getDeclaredMethod("appendToClassPathForInstrumentation", String.class);
        append.setAccessible(true);
        List<Path> jars = jars();
        requireDescriptors(jars);
        for (Path jar : jars) {
          append.invoke(loader, jar.toString());
        }
      } catch (ArrowUnavailableException e) {
        throw e;
      } catch (ReflectiveOperationException | RuntimeException | IOException e) {
        throw new ArrowUnavailableException(
            "the program cannot load Apache Arrow by itself on this JVM, put lib/arrow/* on the"
                + " class path: "
                + e,
            e);
      }
    }
    silence();
    requireUnsafe();
    loaded = true;
  }

  /** Returns the jars in the folder "arrow" beside the program's own jar. */
  private static List<Path> jars() throws IOException {
    try (Stream<Path> files =
        Files.list(
            Path.of(ArrowJars.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolveSibling("arrow"))) {
      return files.sorted().toList();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  /**
   * Opens all jars at once. The class loader, which holds them open later, says of one that it
   * cannot open only that there is no such class.
   */
  private static void requireDescriptors(List<Path> jars) throws IOException {
    List<InputStream> open = new ArrayList<>();
    try {
      for (Path jar : jars) {
        open.add(Files.newInputStream(jar));
      }
    } catch (IOException e) {
      throw new ArrowUnavailableException(
          "the program cannot open the jars of Apache Arrow, which are %d (%s)"
              .formatted(jars.size(), InputFiles.reason(e)),
          e);
    } finally {
      for (InputStream jar : open) {
        jar.close();
      }
    }
  }

  /**
   * Suppresses the JVM's warning that Arrow uses {@code sun.misc.Unsafe}: users can do nothing
   * about it. The launchers permit the use by a flag; this is for a JVM that was started without
   * one. If it fails, the warning is printed.
   */
  private static void silence() {
    try {
      Method warned =
          Class.forName("sun.misc.Unsafe").getDeclaredMethod("trySetMemoryAccessWarned");
      warned.setAccessible(true);
      warned.invoke(null);
    } catch (ReflectiveOperationException | RuntimeException _) {
      // the JVM warns
    }
  }

  /** Tries the access that Arrow needs: Arrow itself would fail with a stack trace. */
  private static void requireUnsafe() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      unsafe.getMethod("arrayBaseOffset", Class.class).invoke(instance.get(null), byte[].class);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ArrowUnavailableException(
          "Apache Arrow needs sun.misc.Unsafe, which this JVM denies: start it with"
              + " --sun-misc-unsafe-memory-access=allow",
          e);
    }
  }
}
