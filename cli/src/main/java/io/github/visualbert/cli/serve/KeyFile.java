package io.github.visualbert.cli.serve;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collections;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A certificate with its key in PKCS #12, to speak HTTPS. */
record KeyFile(Path file, String password) {
  private static final String PASSWORD = "VISUALBERT_TLS_PASSWORD";

  /** Returns a file with the password that the environment has for it. */
  static KeyFile of(Path file) {
    return new KeyFile(file, System.getenv().getOrDefault(PASSWORD, ""));
  }

  /**
   * Reads the file.
   *
   * @throws InputException when there is none, it cannot be opened, or it has no key
   */
  SslContextFactory.Server open() {
    if (!Files.isRegularFile(file)) {
      throw new InputException(Kind.UNREADABLE, "%s: there is no such file".formatted(file));
    }
    SslContextFactory.Server tls = new SslContextFactory.Server();
    boolean hasKey = false;
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (var in = Files.newInputStream(file)) {
        store.load(in, password.toCharArray());
      }
      for (String alias : Collections.list(store.aliases())) {
        hasKey |= store.isKeyEntry(alias);
      }
      tls.setKeyStore(store);
      tls.setKeyStorePassword(password);
      tls.start();
    } catch (Exception e) {
      throw new InputException(
          Kind.UNREADABLE,
          "%s: cannot be opened as PKCS #12 with the password in %s".formatted(file, PASSWORD),
          e);
    }
    if (!hasKey) {
      throw new InputException(
          Kind.UNREADABLE, "%s: expected a certificate with its key, found no key".formatted(file));
    }
    return tls;
  }
}
