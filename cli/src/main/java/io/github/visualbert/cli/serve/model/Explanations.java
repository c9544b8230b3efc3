package io.github.visualbert.cli.serve.model;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.explanation.Explainer;
import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.explanation.ShownPicture;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.HeadSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Explains answers, by a pass of its own for each, whose maps are large: one at a time, of bounded
 * size. Thread-safe.
 */
final class Explanations {
  /** The most bytes of maps, enough for a base model's 36 regions and some 290 word pieces. */
  static final long MAX_BYTES = 64L << 20;

  private final Turn turn = new Turn();

  /**
   * Explains an answer.
   *
   * @param writer is shown the explanation, and keeps nothing of it
   * @throws Problem when the text is too long for it, the model attends to no region, or the
   *     request has waited too long
   */
  void explain(
      ServedModel model,
      TaskName task,
      AskService.Answer answer,
      Ticket ticket,
      Consumer<Explanation> writer) {
    AttentionGrounding grounding = model.grounding();
    turn.begin(ticket);
    long begin = System.nanoTime();
    try {
      Explainer explainer = new Explainer(task, grounding, HeadSelection.all(), null);
      requireSmall(grounding, explainer.input(answer.request(), answer.reply()));
      writer.accept(explainer.explain(answer.request(), answer.reply(), shown(answer)));
    } finally {
      turn.end();
      ticket.worked(System.nanoTime() - begin);
    }
  }

  private static void requireSmall(AttentionGrounding grounding, Input input) {
    long rows = grounding.rows(input).count();
    long most = (long) Math.sqrt((double) MAX_BYTES / Float.BYTES / maps(grounding));
    if (rows > most) {
      throw Problem.ofField(
          Code.VALUE_OUT_OF_RANGE,
          "/grounding",
          "the text and its regions are %d rows, grounding takes at most %d with this model"
              .formatted(rows, most));
    }
  }

  /** Returns how many maps there are: of heads, and of the rollout. */
  private static long maps(AttentionGrounding grounding) {
    return (long) grounding.layers() * (grounding.heads() + 1);
  }

  private static List<ShownPicture> shown(AskService.Answer answer) {
    List<ShownPicture> shown = new ArrayList<>();
    for (int i = 0; i < answer.request().pictures().size(); i++) {
      shown.add(
          ShownPicture.of(
              answer.request().pictures().get(i),
              null,
              answer.pictures().isEmpty() ? null : answer.pictures().get(i).detection()));
    }
    return shown;
  }
}
