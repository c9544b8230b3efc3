package io.github.visualbert.cli.evaluate.grounding;

import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores.Relation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints how well heads ground words, in percent. */
public final class GroundingTable {
  private final GroundingScores scores;

  private GroundingTable(GroundingScores scores) {
    this.scores = scores;
  }

  public static void print(GroundingScores scores, PrintWriter out) {
    GroundingTable table = new GroundingTable(scores);
    out.printf(
        Locale.ROOT,
        "%d phrases of %d sentences, %d pictures%n",
        scores.all().words(),
        scores.sentences(),
        scores.pictures());
    out.println();
    table.heads().print(out, "");
    out.println(
        "in brackets: less than 20 % of the attention goes to regions; best head: layer/head");
    out.println();
    table.types().print(out, "");
    if (!scores.relations().isEmpty()) {
      out.println();
      table.relations().print(out, "");
    }
  }

  private TextTable heads() {
    HeadTally all = scores.all();
    TextTable table = new TextTable("l" + "r".repeat(all.heads() + 2));
    List<String> cells = new ArrayList<>(List.of("layer"));
    for (int head = 0; head < all.heads(); head++) {
      cells.add("head " + head);
    }
    cells.addAll(List.of("best", "on regions"));
    add(table, cells);
    for (int layer = 0; layer < all.layers(); layer++) {
      cells = new ArrayList<>(List.of(Integer.toString(layer)));
      for (int head = 0; head < all.heads(); head++) {
        HeadAccuracy accuracy = all.accuracy(layer, head);
        String text = text(accuracy.percent());
        cells.add(accuracy.isFaint() ? "(" + text + ")" : text + " ");
      }
      HeadAccuracy best = all.best(layer);
      cells.addAll(List.of("head " + best.head(), text(100 * best.mass())));
      add(table, cells);
    }
    return table;
  }

  private TextTable types() {
    TextTable table = new TextTable("lrrrr" + "r".repeat(scores.baselines().size() + 1));
    add(table, cells(List.of("entities", "phrases"), null));
    add(table, cells(List.of("all", Long.toString(scores.all().words())), scores.all()));
    scores
        .types()
        .forEach(
            (type, tally) -> add(table, cells(List.of(type, Long.toString(tally.words())), tally)));
    return table;
  }

  private TextTable relations() {
    TextTable table = new TextTable("llrrrr" + "r".repeat(scores.baselines().size() + 1));
    add(table, cells(List.of("relation", "attends", "words"), null));
    for (Relation relation : scores.relations()) {
      String direction = relation.fromDependent() ? "dependent to head" : "head to dependent";
      String words = Long.toString(relation.tally().words());
      add(table, cells(List.of(relation.name(), direction, words), relation.tally()));
    }
    return table;
  }

  /** Returns a row: what it is about, the best head and the baselines; the heading for null. */
  private List<String> cells(List<String> about, HeadTally tally) {
    List<String> cells = new ArrayList<>(about);
    if (tally == null) {
      cells.addAll(List.of("best head", "accuracy", "on regions"));
    } else {
      HeadAccuracy best = tally.best();
      cells.add(best.layer() + "/" + best.head());
      cells.addAll(List.of(text(best.percent()), text(100 * best.mass())));
    }
    for (Baseline baseline : scores.baselines()) {
      cells.add(tally == null ? baseline.shortName() : text(tally.percent(baseline)));
    }
    cells.add(tally == null ? "upper bound" : text(tally.upperBound()));
    return cells;
  }

  private static void add(TextTable table, List<String> cells) {
    table.row(cells.toArray(String[]::new));
  }

  private static String text(double percent) {
    return String.format(Locale.ROOT, "%.2f", percent);
  }
}
