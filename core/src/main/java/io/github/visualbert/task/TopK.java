package io.github.visualbert.task;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Selects the K best of many scores: the greater score is first, then the lower index; NaN is last.
 *
 * <p>A heap in plain arrays with the worst that is kept on top: most offers are compared once and
 * rejected.
 */
final class TopK {
  private final double[] scores;
  private final int[] indices;
  private int size;

  /** Selects {@code count}. */
  TopK(int count) {
    scores = new double[count];
    indices = new int[count];
  }

  /** Offers a score; it is kept if it is among the best so far. */
  void offer(int index, double score) {
    if (size < scores.length) {
      up(size++, index, score);
    } else if (size > 0 && precedes(score, index, scores[0], indices[0])) {
      down(index, score);
    }
  }

  /** Returns the best, in order, and empties the selection. */
  List<Answer> toAnswers(IntFunction<String> label) {
    Answer[] answers = new Answer[size];
    while (size > 0) {
      int last = --size;
      answers[last] = new Answer(label.apply(indices[0]), indices[0], scores[0]);
      down(indices[last], scores[last]);
    }
    return Arrays.asList(answers);
  }

  private static boolean precedes(double score, int index, double otherScore, int otherIndex) {
    int order = Double.compare(-score, -otherScore); // negated, so that NaN is last
    return order < 0 || order == 0 && index < otherIndex;
  }

  /** Sifts a new entry up from the end of the heap. */
  private void up(int place, int index, double score) {
    int at = place;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!precedes(scores[parent], indices[parent], score, index)) {
        break;
      }
      set(at, indices[parent], scores[parent]);
      at = parent;
    }
    set(at, index, score);
  }

  /** Replaces the top and sifts the entry down. */
  private void down(int index, double score) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      int right = child + 1;
      if (right < size && precedes(scores[child], indices[child], scores[right], indices[right])) {
        child = right;
      }
      if (!precedes(score, index, scores[child], indices[child])) {
        break;
      }
      set(at, indices[child], scores[child]);
      at = child;
    }
    if (size > 0) {
      set(at, index, score);
    }
  }

  private void set(int at, int index, double score) {
    indices[at] = index;
    scores[at] = score;
  }
}
