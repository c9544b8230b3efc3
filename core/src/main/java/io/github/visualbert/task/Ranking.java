package io.github.visualbert.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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

  /** Ranks all probabilities and keeps the first {@code topK}; the lower index wins a tie. */
  static Ranking of(
      double[] probabilities, IntFunction<String> label, int topK, boolean truncated) {
    List<Integer> order =
        new ArrayList<>(IntStream.range(0, probabilities.length).boxed().toList());
    order.sort(Comparator.comparingDouble((Integer i) -> -probabilities[i]).thenComparing(i -> i));
    return new Ranking(
        order.stream()
            .limit(topK)
            .map(i -> new Answer(label.apply(i), i, probabilities[i]))
            .toList(),
        truncated);
  }
}
