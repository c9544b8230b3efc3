package io.github.visualbert.cli.question;

import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import java.io.PrintWriter;

/** Prints replies as small tables for people. */
public final class ReplyTable {
  /** How many leading numbers of a vector are printed. */
  private static final int SHOWN = 6;

  private final AnswerNames names;

  public ReplyTable(AnswerNames names) {
    this.names = names;
  }

  /**
   * Prints a reply as a table.
   *
   * @param heading the line above the answers
   */
  public void print(String heading, Reply reply, PrintWriter out) {
    out.println(Printable.of(heading));
    switch (reply) {
      case Reply.Failed failed -> out.println("  " + Printable.of(failed.error()));
      case Reply.Answers answers -> print(answers, out);
      case Reply.Vectors vectors -> {
        print("pooler_output", vectors.pooled(), out);
        if (vectors.lastHiddenState() != null) {
          print("last_hidden_state", vectors.lastHiddenState(), out);
        }
      }
    }
  }

  private void print(Reply.Answers reply, PrintWriter out) {
    boolean grouped = reply.groups().getFirst().about() != null;
    TextTable table = new TextTable(grouped ? "llr" : "lr");
    for (Reply.Group group : reply.groups()) {
      String about = group.about();
      for (Answer answer : group.answers()) {
        String score = decimal(answer.score());
        if (grouped) {
          table.row(about, answer.label(), score);
          about = ""; // printed once
        } else {
          table.row(answer.label() + (names.isPlaceholder(answer) ? " (unnamed)" : ""), score);
        }
      }
    }
    if (grouped && reply.match().isPresent()) {
      table.row("match", "", decimal(reply.match().getAsDouble()));
    }
    table.print(out, "  ");
  }

  private static void print(String name, Tensor tensor, PrintWriter out) {
    StringBuilder line = new StringBuilder("  ").append(name).append(" [");
    for (int i = 0; i < tensor.rank(); i++) {
      line.append(i == 0 ? "" : ", ").append(tensor.size(i));
    }
    line.append("]:");
    long shown = Math.min(SHOWN, tensor.elementCount());
    for (int i = 0; i < shown; i++) {
      line.append(' ').append(tensor.getFloat(i));
    }
    out.println(line.append(shown < tensor.elementCount() ? " ..." : ""));
  }

  /**
   * Returns a probability with four decimals. {@link java.util.Formatter} would load the data of a
   * locale for it, which takes longer than answering a question.
   */
  public static String decimal(double probability) {
    String digits = Long.toString(10_000 + Math.round(10_000 * probability));
    return (digits.charAt(0) - '1') + "." + digits.substring(1);
  }
}
