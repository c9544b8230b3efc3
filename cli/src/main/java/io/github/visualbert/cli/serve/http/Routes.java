package io.github.visualbert.cli.serve.http;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Everything that is answered. Immutable. */
public final class Routes {
  private final List<Route> routes;

  public Routes(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  /** Returns all routes. */
  public List<Route> all() {
    return routes;
  }

  /**
   * A route with the names in the path.
   *
   * @param names in the order of the pattern
   */
  record Match(Route route, List<String> names) {}

  /**
   * Finds the route of a request.
   *
   * @throws Problem when there is none
   */
  Match find(String method, String path) {
    TreeSet<String> methods = new TreeSet<>();
    for (Route route : routes) {
      Optional<List<String>> names = route.match(path);
      if (names.isPresent()) {
        if (route.hasMethod(method)) {
          return new Match(route, names.get());
        }
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      String hint =
          path.startsWith("/v1/") && !Door.of(method, path).equals(Door.ANSWERS)
              ? "; questions go to POST /v1/chat/completions"
              : "";
      throw Problem.of(
          Code.PATH_UNKNOWN, "there is nothing at %s%s".formatted(Problem.quote(path), hint));
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    throw Problem.ofMethod(method, String.join(", ", methods));
  }
}
