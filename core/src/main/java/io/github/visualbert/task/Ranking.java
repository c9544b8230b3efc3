package io.github.visualbert.task;

import io.github.visualbert.model.Softmax;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Answers, the most probable first.
 *
 * @param answers at least one
 * @param truncated whether the text had to be cut to fit the model
 */
public record Ranking(List<Answer> answers, boolean truncated) {

  public Ranking {
    answers = List.copyOf(answers);
  }

  /** Returns the most probable answer. */
  public Answer best() {
    return answers.getFirst();
  }

  /**
   * Checks what a caller asks for.
   *
   * @throws IllegalArgumentException when it is not positive
   */
  static void requirePositive(int topK) {
    if (topK < 1) {
      throw new IllegalArgumentException("topK is %d, expected at least 1".formatted(topK));
    }
  }

  /**
   * Ranks {@code length} logits from {@code begin} by their softmax and keeps the {@code topK}
   * best; the lower index wins a tie.
   */
  static Ranking of(
      float[] logits,
      int begin,
      int length,
      IntFunction<String> label,
      int topK,
      boolean truncated) {
    double log = Softmax.logSumExp(logits, begin, length);
    TopK best = new TopK(Math.min(topK, length));
    for (int i = 0; i < length; i++) {
      best.offer(i, Math.exp(logits[begin + i] - log));
    }
    return new Ranking(best.toAnswers(label), truncated);
  }
}
