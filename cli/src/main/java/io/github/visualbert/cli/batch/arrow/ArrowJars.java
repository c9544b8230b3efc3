package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.cli.file.LateJars;
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.FileSystemException;

/**
 * Loads Arrow when it is needed, as {@link LateJars} does. It has sixteen jars, which would make
 * every start a tenth slower.
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
    try {
      LateJars.load("arrow", "org.apache.arrow.vector.FieldVector");
    } catch (FileSystemException e) {
      throw new ArrowUnavailableException(
          "the program cannot open the jars of Apache Arrow (%s)".formatted(InputFiles.reason(e)),
          e);
    } catch (IOException e) {
      throw new ArrowUnavailableException(
          "the program cannot load Apache Arrow by itself on this JVM, put lib/arrow/* on the"
              + " class path: "
              + e.getMessage(),
          e);
    }
    silence();
    requireUnsafe();
    loaded = true;
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
