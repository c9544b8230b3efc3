package consumer;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** Asks through two class loaders at once, each with the library's classes of its own. */
public final class AskTwice {
  private AskTwice() {}

  /** Takes the library's jar, the folder of these classes, and what {@link Ask} takes. */
  public static void main(String[] args) throws Exception {
    URL[] classPath = {Path.of(args[0]).toUri().toURL(), Path.of(args[1]).toUri().toURL()};
    String[] question = {args[2], args[3], args[4]};
    Thread[] askers = new Thread[2];
    for (int i = 0; i < askers.length; i++) {
      ClassLoader platform = ClassLoader.getPlatformClassLoader();
      URLClassLoader loader = new URLClassLoader("loader " + i, classPath, platform);
      Class<?> ask = Class.forName("consumer.Ask", true, loader);
      askers[i] =
          new Thread(
              () -> {
                try {
                  ask.getMethod("main", String[].class).invoke(null, (Object) question);
                } catch (ReflectiveOperationException e) {
                  throw new IllegalStateException(e);
                }
              });
      askers[i].setContextClassLoader(loader);
    }
    for (Thread asker : askers) {
      asker.start();
    }
    for (Thread asker : askers) {
      asker.join();
    }
  }
}
