package io.github.visualbert.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What becomes of a row that cannot be answered. */
enum ErrorMode {
  /** The result is null. */
  NULL,
  /** The result is a struct that has the reason in {@code error}. */
  COLUMN,
  /** The query fails. */
  FAIL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ErrorMode> of(String name) {
    return Arrays.stream(values()).filter(mode -> mode.toString().equals(name)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(ErrorMode::toString).toList();
  }
}
