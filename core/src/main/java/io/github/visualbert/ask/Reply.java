package io.github.visualbert.ask;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.Box;
import java.util.List;
import java.util.OptionalDouble;

/** The reply of a model to a {@link Request}. */
public sealed interface Reply {
  JsonValue id();

  /** Returns whether the text was truncated to what the model can read. */
  boolean truncated();

  /**
   * Ranked answers.
   *
   * @param match the probability that sentence and picture match, if the task computes it
   */
  record Answers(JsonValue id, List<Group> groups, OptionalDouble match, boolean truncated)
      implements Reply {}

  /**
   * The answers of one ranking.
   *
   * @param about the part of the text they are about; null for the whole text
   * @param boxes where each answer is in the picture; empty where answers are no regions, or their
   *     places are not known
   */
  record Group(String about, List<Answer> answers, List<Box> boxes) {
    /** Makes answers that are not regions. */
    public Group(String about, List<Answer> answers) {
      this(about, answers, List.of());
    }
  }

  /**
   * The encoder's vectors.
   *
   * @param pooled (hidden)
   * @param lastHiddenState (rows, hidden), or null when not asked for
   */
  record Vectors(JsonValue id, Tensor pooled, Tensor lastHiddenState, boolean truncated)
      implements Reply {}

  /**
   * An error instead of an answer.
   *
   * @param error why there is no answer
   */
  record Failed(JsonValue id, String error) implements Reply {
    @Override
    public boolean truncated() {
      return false;
    }
  }
}
