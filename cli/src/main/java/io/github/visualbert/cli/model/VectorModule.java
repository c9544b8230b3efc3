package io.github.visualbert.cli.model;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * Brings the Vector API into the running JVM.
 *
 * <p>The flag {@code --add-modules jdk.incubator.vector} would print a warning on standard error at
 * every start, which nothing can silence. The JDK's own way of adding a module late does not. It is
 * internal, so the program's manifest opens it, and where that fails the kernels are the scalar
 * ones.
 */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /**
   * Loads the module unless it is there already. Takes about 0.1 s, so commands that compute call
   * it and no others; it must come before the kernels are chosen.
   *
   * @return why the module could not be loaded; empty when it is there
   */
  public static Optional<String> load() {
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return Optional.empty();
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
      return Optional.empty();
    } catch (InvocationTargetException e) {
      return Optional.of(e.getCause().toString());
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.of(e.toString());
    }
  }
}
