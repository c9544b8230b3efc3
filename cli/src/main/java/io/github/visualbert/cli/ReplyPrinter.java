package io.github.visualbert.cli;

import io.github.visualbert.VisualBert;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import java.io.PrintWriter;
import java.util.Optional;

/** Writes replies, as a JSON object on one line or as a small table for people. */
final class ReplyPrinter {
  /** Numbers of a vector that are shown to people. */
  private static final int SHOWN = 6;

  private final TaskName task;

  private final AnswerNames names;

  private ReplyPrinter(TaskName task, AnswerNames names) {
    this.task = task;
    this.names = names;
  }

  /** Returns a printer of what a model replies. */
  static ReplyPrinter of(TaskName task, VisualBert model) {
    return new ReplyPrinter(task, AnswerNames.of(task, model));
  }

  /** Returns what a reader should know about all answers: that they have no names, if so. */
  Optional<String> hint() {
    return names.missing()
        ? Optional.of(
            "visualbert run: note: the model does not name its answers: LABEL_7 stands for number 7"
                + " of them; give their names with --labels")
        : Optional.empty();
  }

  /** Returns a reply as one line of JSON. */
  String json(Reply reply) {
    JsonWriter json = new JsonWriter().beginObject().name("id").value(reply.id());
    if (!(reply instanceof Reply.Failed)) {
      json.field("task", task.toString());
    }
    switch (reply) {
      case Reply.Failed failed -> json.field("error", failed.error());
      case Reply.Answers answers -> writeAnswers(answers, json);
      case Reply.Vectors vectors -> {
        write("pooler_output", vectors.pooled(), json);
        if (vectors.lastHiddenState() != null) {
          write("last_hidden_state", vectors.lastHiddenState(), json);
        }
      }
    }
    if (reply.truncated()) {
      json.field("truncated", true);
    }
    return json.endObject().toString();
  }

  private void writeAnswers(Reply.Answers reply, JsonWriter json) {
    json.name("answers").beginArray();
    int mask = 0;
    for (Reply.Group group : reply.groups()) {
      mask++;
      for (Answer answer : group.answers()) {
        json.beginObject();
        if (task == TaskName.FLICKR) {
          json.field("phrase", group.about()).field("region", answer.index());
        } else if (group.about() != null) {
          json.field("mask", mask);
        }
        json.field("label", answer.label()).field("index", answer.index());
        if (names.isPlaceholder(answer)) {
          json.field("placeholder", true);
        }
        json.field("score", answer.score()).endObject();
      }
    }
    json.endArray();
    if (reply.match().isPresent()) {
      json.field("match", reply.match().getAsDouble());
    }
  }

  /** Writes a vector as an array, a matrix as an array of arrays. */
  private static void write(String name, Tensor tensor, JsonWriter json) {
    float[] values = tensor.toFloatArray();
    int columns = (int) tensor.size(-1);
    json.name(name).beginArray();
    for (int i = 0; i < values.length; i++) {
      if (tensor.rank() > 1 && i % columns == 0) {
        json.beginArray();
      }
      json.value(values[i]);
      if (tensor.rank() > 1 && i % columns == columns - 1) {
        json.endArray();
      }
    }
    json.endArray();
  }

  /**
   * Prints a reply as a table.
   *
   * @param heading what was asked
   */
  void print(String heading, Reply reply, PrintWriter out) {
    out.println(heading);
    switch (reply) {
      case Reply.Failed failed -> out.println("  " + failed.error());
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
          about = ""; // said once
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
   * Returns a probability with four decimals. {@link java.util.Formatter} would load the tables of
   * a locale for it, which takes longer than to answer a question.
   */
  static String decimal(double probability) {
    String digits = Long.toString(10_000 + Math.round(10_000 * probability));
    return (digits.charAt(0) - '1') + "." + digits.substring(1);
  }
}
