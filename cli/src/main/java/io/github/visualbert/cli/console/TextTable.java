package io.github.visualbert.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table of text, each column as wide as its widest cell. */
public final class TextTable {
  private static final String GAP = "  ";

  private final String alignment;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * Makes an empty table.
   *
   * @param alignment a letter for each column: {@code l} for left, {@code r} for right
   */
  public TextTable(String alignment) {
    this.alignment = alignment;
  }

  /** Adds a line with one cell for each column. */
  public TextTable row(String... cells) {
    if (cells.length != alignment.length()) {
      throw new IllegalArgumentException(
          cells.length + " cells, the table has " + alignment.length() + " columns");
    }
    String[] shown = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      shown[i] = Printable.of(cells[i]);
    }
    rows.add(shown);
    return this;
  }

  public void print(PrintWriter out, String indent) {
    int[] widths = new int[alignment.length()];
    for (String[] row : rows) {
      for (int column = 0; column < row.length; column++) {
        widths[column] = Math.max(widths[column], width(row[column]));
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int column = 0; column < row.length; column++) {
        String padding = " ".repeat(widths[column] - width(row[column]));
        boolean right = alignment.charAt(column) == 'r';
        line.append(column == 0 ? "" : GAP)
            .append(right ? padding : "")
            .append(row[column])
            .append(right ? "" : padding);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
