package io.github.visualbert.cli.evaluate;

import java.util.ArrayList;
import java.util.List;

/** Some names, of which messages list the first. Not thread-safe. */
final class Names {
  private static final int LISTED = 3;

  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String name) {
    count++;
    if (first.size() < LISTED) {
      first.add(name);
    }
  }

  long count() {
    return count;
  }

  @Override
  public String toString() {
    return String.join(", ", first) + (count > first.size() ? ", ..." : "");
  }
}
