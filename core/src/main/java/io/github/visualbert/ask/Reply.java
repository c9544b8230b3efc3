package io.github.visualbert.ask;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import java.util.List;
import java.util.OptionalDouble;

/** What a model makes of a {@link Request}. */
public sealed interface Reply {
  JsonValue id();

  /** Returns whether the text was cut to what the model can read. */
  boolean truncated();

  /**
   * Ranked answers.
   *
   * @param match the probability that sentence and picture match, where the task tells
   */
  record Answers(JsonValue id, List<Group> groups, OptionalDouble match, boolean truncated)
      implements Reply {}

  /**
   * Answers that are ranked among each other.
   *
   * @param about which part of the text they are about; null when about all of it
   */
  record Group(String about, List<Answer> answers) {}

  /**
   * The encoder's vectors.
   *
   * @param pooled (hidden)
   * @param lastHiddenState (rows, hidden), or null when not asked for
   */
  record Vectors(JsonValue id, Tensor pooled, Tensor lastHiddenState, boolean truncated)
      implements Reply {}

  /**
   * There is no answer.
   *
   * @param error why
   */
  record Failed(JsonValue id, String error) implements Reply {
    @Override
    public boolean truncated() {
      return false;
    }
  }
}
