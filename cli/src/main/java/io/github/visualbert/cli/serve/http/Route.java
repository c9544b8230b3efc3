package io.github.visualbert.cli.serve.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A path and a method that are answered.
 *
 * @param pattern the path; a segment in braces stands for any name
 * @param open whether it needs no token
 */
public record Route(String method, String pattern, boolean open, Endpoint endpoint) {
  /** Makes a route that needs a token, where tokens are asked for. */
  public static Route of(String method, String pattern, Endpoint endpoint) {
    return new Route(method, pattern, false, endpoint);
  }

  /** Makes a route that is open to everybody. */
  public static Route open(String method, String pattern, Endpoint endpoint) {
    return new Route(method, pattern, true, endpoint);
  }

  /** Returns the names in a path, decoded once, or empty when it is another path. */
  Optional<List<String>> match(String path) {
    String[] wanted = pattern.split("/", -1);
    String[] found = path.split("/", -1);
    if (wanted.length != found.length) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>(1);
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].startsWith("{")) {
        if (!wanted[i].equals(found[i])) {
          return Optional.empty();
        }
        continue;
      }
      String name = decode(found[i]);
      if (name == null || name.isEmpty() || name.contains("/") || name.startsWith("..")) {
        return Optional.empty();
      }
      names.add(name);
    }
    return Optional.of(names);
  }

  private static String decode(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null; // an incomplete escape
    }
  }

  boolean hasMethod(String asked) {
    return method.equals(asked) || method.equals("GET") && asked.equals("HEAD");
  }
}
