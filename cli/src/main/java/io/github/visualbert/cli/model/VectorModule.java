package io.github.visualbert.cli.model;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * Loads the module of the Vector API into the running JVM.
 *
 * <p>The flag {@code --add-modules jdk.incubator.vector} prints a warning on standard error at
 * every start, which cannot be suppressed. The JDK's internal method that loads a module later does
 * not. The program's manifest opens it; where that fails, the scalar kernels compute.
 */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /**
   * Loads the module unless it is loaded already. Takes about 0.1 s, so only commands that compute
   * call it. They must call it before the kernels are selected.
   *
   * @return why the module could not be loaded; empty when it is loaded
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
