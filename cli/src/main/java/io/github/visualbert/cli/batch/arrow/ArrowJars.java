package io.github.visualbert.cli.batch.arrow;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the program finds Arrow.
 *
 * <p>Sixteen jars on the class path would make every start a tenth slower, also of commands that
 * have nothing to do with Arrow. So they lie in a folder of their own and come onto the class path
 * when they are needed, in the JDK's own way for agents. It is internal, so the program's manifest
 * opens it.
 */
public final class ArrowJars {
  private static boolean loaded;

  private ArrowJars() {}

  /**
   * Loads Arrow, before anything of it is touched.
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
        for (Path jar : jars()) {
          append.invoke(loader, jar.toString());
        }
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
   * Keeps the JVM from warning that Arrow uses {@code sun.misc.Unsafe}, at which a user can do
   * nothing, where it was not started by a launcher, which permits the use. Where this does not
   * work any more, the warning is printed.
   */
  private static void silence() {
    try {
      Method warned =
          Class.forName("sun.misc.Unsafe").getDeclaredMethod("trySetMemoryAccessWarned");
      warned.setAccessible(true);
      warned.invoke(null);
    } catch (ReflectiveOperationException | RuntimeException _) {
      // then the JVM does not warn in this way
    }
  }

  /** Tries what Arrow will need, of which Arrow itself would say with a stack trace. */
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
