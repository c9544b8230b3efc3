package io.github.visualbert.cli.bench;

import io.github.visualbert.cli.console.TextTable;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured, for people: one block, or a column for each number of threads. */
final class BenchTable {
  private static final String PEAK = "  peak, measured in this process";

  private final PrintWriter out;
  private final boolean columns;
  private final Map<String, StringBuilder> lines = new LinkedHashMap<>(); // cells end in a tab
  private String title;

  /**
   * @param columns whether there are several numbers of threads, printed side by side at the end
   */
  BenchTable(PrintWriter out, boolean columns) {
    this.out = out;
    this.columns = columns;
  }

  /**
   * Adds a measurement.
   *
   * @param how the provider, and how often, printed only of a single measurement
   * @param rows values by their names, the same names each time
   */
  void add(String shape, int threads, String how, Map<String, String> rows, double peak) {
    title = columns ? shape : "%s, %s, %s".formatted(shape, counted(threads), how);
    if (columns) {
      cell("threads", String.valueOf(threads));
    }
    rows.forEach(this::cell);
    cell(PEAK, "%.1f".formatted(peak));
  }

  private void cell(String name, String value) {
    lines.computeIfAbsent(name, unused -> new StringBuilder()).append('\t').append(value);
  }

  /** Prints what was added, if anything was. */
  void print() {
    if (lines.isEmpty()) {
      return;
    }
    out.println(title);
    int count = lines.get(PEAK).toString().split("\t").length - 1;
    TextTable table = new TextTable("l" + "r".repeat(count));
    lines.forEach((name, cells) -> table.row((name + cells).split("\t")));
    table.print(out, "  ");
  }

  private static String counted(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}
