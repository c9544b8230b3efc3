package io.github.visualbert.spark;

import java.util.Locale;

/** The format of a table in files, by the ending of its name; Parquet where it has none. */
enum TableFormat {
  PARQUET,
  ORC,
  JSON;

  static TableFormat of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".json") || lower.endsWith(".jsonl")) {
      return JSON;
    }
    return lower.endsWith(".orc") ? ORC : PARQUET;
  }

  /** Returns what Spark calls it. */
  String source() {
    return name().toLowerCase(Locale.ROOT);
  }
}
