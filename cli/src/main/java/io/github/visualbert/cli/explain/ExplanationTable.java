package io.github.visualbert.cli.explain;

import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.question.ReplyTable;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMap.Grounding;
import java.io.PrintWriter;

/** Prints the region that each word attends to most. */
final class ExplanationTable {
  private ExplanationTable() {}

  static void print(Explanation explanation, AttentionMap map, PrintWriter out) {
    out.println(Explanation.name(map) + ":");
    TextTable table = new TextTable("lrlr");
    table.row("word", "on regions", "most on", "");
    int[] focus = explanation.focus();
    for (int word : focus.length > 0 ? focus : explanation.textWords()) {
      Grounding found = map.ground(word);
      table.row(
          explanation.rows().words().get(word).text(),
          ReplyTable.decimal(found.mass()),
          explanation.regionName(found.region()),
          ReplyTable.decimal(found.weight()));
    }
    table.print(out, "  ");
  }
}
