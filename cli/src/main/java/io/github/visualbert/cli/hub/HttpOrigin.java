package io.github.visualbert.cli.hub;

import java.net.URI;
import java.util.Locale;

/**
 * The origin of an address: scheme, host and port. A token for one origin must not reach another.
 *
 * @param port as given, or the one the scheme implies
 */
record HttpOrigin(String scheme, String host, int port) {
  static HttpOrigin of(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int implied = scheme.equals("https") ? 443 : 80;
    return new HttpOrigin(
        scheme,
        uri.getHost().toLowerCase(Locale.ROOT),
        uri.getPort() < 0 ? implied : uri.getPort());
  }

  /** Returns whether an address is one of HTTP or HTTPS. */
  static boolean isWeb(URI uri) {
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()));
  }

  boolean isEncrypted() {
    return scheme.equals("https");
  }
}
