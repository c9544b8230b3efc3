package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.evaluate.FlickrScores.Recall;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SortedMap;

/** Prints scores in percent: with two decimals in a table, or in full in JSON. */
final class ScorePrinter {
  private static final String ALL = "all";
  private static final String ACCURACY = "accuracy";

  private final ScoredTask task;
  private final boolean json;
  private final PrintWriter out;

  /**
   * Makes a printer.
   *
   * @param json whether to print one JSON object, and no table
   */
  ScorePrinter(ScoredTask task, boolean json, PrintWriter out) {
    this.task = task;
    this.json = json;
    this.out = out;
  }

  void print(Scores scores) {
    if (json) {
      JsonWriter object = new JsonWriter().beginObject().field("task", task.toString());
      switch (scores) {
        case VqaScores vqa -> write(vqa, object);
        case Nlvr2Scores nlvr2 -> write(nlvr2, object);
        case VcrScores vcr -> write(vcr, object);
        case FlickrScores flickr -> write(flickr, object);
      }
      object.field("missing", scores.coverage().missing());
      object.field("extra", scores.coverage().extra());
      out.println(object.endObject());
      return;
    }
    TextTable table =
        switch (scores) {
          case VqaScores vqa -> table(vqa);
          case Nlvr2Scores nlvr2 -> table(nlvr2);
          case VcrScores vcr -> table(vcr);
          case FlickrScores flickr -> table(flickr);
        };
    table.print(out, "");
    print(scores.coverage());
  }

  private static TextTable table(VqaScores vqa) {
    TextTable table = new TextTable("lrr").row("answers", ACCURACY, "questions");
    row(ALL, vqa.all(), table);
    vqa.answerTypes().forEach((type, share) -> row(type, share, table));
    return table;
  }

  private static TextTable table(Nlvr2Scores nlvr2) {
    TextTable table = new TextTable("lrr").row("", "percent", "of");
    row(ACCURACY, nlvr2.accuracy(), table);
    row("consistency", nlvr2.consistency(), table);
    return table;
  }

  private static TextTable table(VcrScores vcr) {
    TextTable table = new TextTable("lrr").row("", ACCURACY, "questions");
    row("Q->A", vcr.answers(), table);
    if (vcr.rationales() != null) {
      row("QA->R", vcr.rationales(), table);
      row("Q->AR", vcr.both(), table);
    }
    return table;
  }

  private static TextTable table(FlickrScores flickr) {
    TextTable table = new TextTable("lrrrrr");
    table.row("entities", "R@1", "R@5", "R@10", "upper bound", "phrases");
    row(ALL, flickr.all(), table);
    flickr.types().forEach((type, recall) -> row(type, recall, table));
    return table;
  }

  private static void row(String name, Share share, TextTable table) {
    table.row(name, percent(share), Long.toString(share.of()));
  }

  private static void row(String name, Recall recall, TextTable table) {
    table.row(
        name,
        percent(recall.at1()),
        percent(recall.at5()),
        percent(recall.at10()),
        percent(recall.upperBound()),
        Long.toString(recall.at1().of()));
  }

  private void print(Coverage coverage) {
    if (coverage.missing() > 0) {
      out.println(coverage.missing() + " not predicted, counted as wrong");
    }
    if (coverage.extra() > 0) {
      out.println(coverage.extra() + " predicted but not annotated, left out");
    }
  }

  /** Returns a percentage with two decimals, rounded as the official evaluation of VQA does. */
  private static String percent(Share share) {
    return share == null
        ? "-"
        : new BigDecimal(share.percent()).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static void write(VqaScores vqa, JsonWriter json) {
    write(vqa.all(), json);
    write("answer_types", vqa.answerTypes(), json);
    write("question_types", vqa.questionTypes(), json);
  }

  private static void write(String name, SortedMap<String, Share> types, JsonWriter json) {
    json.name(name).beginObject();
    types.forEach(
        (type, share) -> {
          write(share, json.name(type).beginObject());
          json.endObject();
        });
    json.endObject();
  }

  private static void write(Share share, JsonWriter json) {
    json.field("questions", share.of()).field(ACCURACY, share.percent());
  }

  private static void write(Nlvr2Scores nlvr2, JsonWriter json) {
    json.field("examples", nlvr2.accuracy().of()).field(ACCURACY, nlvr2.accuracy().percent());
    json.field("sentences", nlvr2.consistency().of());
    json.field("consistency", nlvr2.consistency().percent());
  }

  private static void write(VcrScores vcr, JsonWriter json) {
    json.field("questions", vcr.answers().of());
    write("q_to_a", vcr.answers(), json);
    write("qa_to_r", vcr.rationales(), json);
    write("q_to_ar", vcr.both(), json);
  }

  private static void write(FlickrScores flickr, JsonWriter json) {
    write(flickr.all(), json);
    json.name("types").beginObject();
    flickr
        .types()
        .forEach(
            (type, recall) -> {
              write(recall, json.name(type).beginObject());
              json.endObject();
            });
    json.endObject();
  }

  private static void write(Recall recall, JsonWriter json) {
    json.field("phrases", recall.at1().of());
    write("recall_at_1", recall.at1(), json);
    write("recall_at_5", recall.at5(), json);
    write("recall_at_10", recall.at10(), json);
    write("upper_bound", recall.upperBound(), json);
  }

  /** Writes a share in percent, or null where it is not known. */
  private static void write(String name, Share share, JsonWriter json) {
    if (share == null) {
      json.name(name).nullValue();
    } else {
      json.field(name, share.percent());
    }
  }
}
