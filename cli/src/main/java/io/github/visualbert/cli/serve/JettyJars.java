package io.github.visualbert.cli.serve;

import io.github.visualbert.cli.file.LateJars;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Loads the HTTP server and the metrics, which only the service needs. */
final class JettyJars {
  private JettyJars() {}

  static void load() {
    try {
      LateJars.load("serve", "org.eclipse.jetty.server.Server");
    } catch (IOException e) {
      throw new UncheckedIOException("the jars of the service cannot be loaded", e);
    }
  }
}
