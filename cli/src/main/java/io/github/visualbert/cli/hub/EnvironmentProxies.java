package io.github.visualbert.cli.hub;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that {@code http_proxy}, {@code https_proxy}, {@code all_proxy} and {@code no_proxy}
 * name, in lower or upper case, as curl and Python read them. Where there are none of these, the
 * JVM's own settings count.
 */
final class EnvironmentProxies extends ProxySelector {
  private static final int DEFAULT_PORT = 80;

  private final Map<String, String> variables;

  EnvironmentProxies(Map<String, String> variables) {
    this.variables = variables;
  }

  @Override
  public List<Proxy> select(URI uri) {
    if (proxy("http").isEmpty() && proxy("https").isEmpty()) {
      return ProxySelector.getDefault().select(uri);
    }
    return proxy(uri.getScheme())
        .filter(_ -> !isExcluded(uri.getHost(), uri.getPort()))
        .map(
            proxy ->
                List.of(
                    new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(proxy.getHost(), port(proxy)))))
        .orElse(List.of(Proxy.NO_PROXY));
  }

  private static int port(URI proxy) {
    return proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
  }

  /**
   * Returns the proxy for a scheme.
   *
   * @throws IllegalArgumentException when a variable is set and is no address of a proxy
   */
  private Optional<URI> proxy(String scheme) {
    Optional<String> text = variable(scheme + "_proxy").or(() -> variable("all_proxy"));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String address = text.get().contains("://") ? text.get() : "http://" + text.get();
    try {
      URI uri = new URI(address);
      if (uri.getHost() != null && uri.getScheme().equalsIgnoreCase("http")) {
        return Optional.of(uri);
      }
    } catch (URISyntaxException _) {
      // refused below
    }
    throw new IllegalArgumentException(
        "%s_proxy is no address like http://proxy:3128"
            .formatted(scheme)); // it may hold a password
  }

  private Optional<String> variable(String name) {
    String value = variables.getOrDefault(name, variables.get(name.toUpperCase(Locale.ROOT)));
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** Returns whether {@code no_proxy} names a host, a domain above it, or all. */
  private boolean isExcluded(String host, int port) {
    for (String each : variable("no_proxy").orElse("").split(",")) {
      String name = each.strip().toLowerCase(Locale.ROOT);
      if (name.endsWith(":" + port)) {
        name = name.substring(0, name.lastIndexOf(':'));
      }
      name =
          name.startsWith("*.")
              ? name.substring(2)
              : name.startsWith(".") ? name.substring(1) : name;
      String lower = host.toLowerCase(Locale.ROOT);
      if (name.equals("*") || lower.equals(name) || !name.isEmpty() && lower.endsWith("." + name)) {
        return true;
      }
    }
    return false;
  }

  /** Returns what tells the user and password that a proxy's address holds, if one does. */
  Optional<Authenticator> authenticator() {
    for (String scheme : List.of("https", "http")) {
      Optional<String> user = proxy(scheme).map(URI::getRawUserInfo);
      if (user.isPresent()) {
        String[] parts = user.get().split(":", 2);
        String name = decode(parts[0]);
        char[] password = decode(parts.length > 1 ? parts[1] : "").toCharArray();
        return Optional.of(
            new Authenticator() {
              @Override
              protected PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                    ? new PasswordAuthentication(name, password)
                    : null;
              }
            });
      }
    }
    return Optional.empty();
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // the request fails, and says so
  }
}
