package io.github.visualbert.cli.serve;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The JDK has handlers for them only in its unsupported module,
 * whose every mention the compiler warns of, so they are found by name. Where a platform has no
 * such signal, or no such module, nothing happens.
 */
final class Signals {
  private Signals() {}

  /**
   * Runs something when a signal comes, instead of what the JVM would do.
   *
   * @param name without SIG
   */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object acting =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return method.getName().equals("equals")
                    ? proxy == arguments[0]
                    : method.getName().equals("hashCode")
                        ? System.identityHashCode(proxy)
                        : "SIG" + name;
              });
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(null, signal.getConstructor(String.class).newInstance(name), acting);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // The service runs without it.
    }
  }
}
