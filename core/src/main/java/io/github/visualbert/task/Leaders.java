package io.github.visualbert.task;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The first few of many by their scores: the greater score is first, then the lower index, and NaN
 * is last of all.
 *
 * <p>A heap with the last of them on top, in plain arrays: most of what is offered is compared once
 * and forgotten.
 */
final class Leaders {
  private final double[] scores;
  private final int[] indices;
  private int size;

  /** Keeps the first {@code count}. */
  Leaders(int count) {
    scores = new double[count];
    indices = new int[count];
  }

  /** Takes part in the choice. */
  void offer(int index, double score) {
    if (size < scores.length) {
      up(size++, index, score);
    } else if (size > 0 && precedes(score, index, scores[0], indices[0])) {
      down(index, score);
    }
  }

  /** Returns the chosen, the first one first, and is empty then. */
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
    int order = Double.compare(-score, -otherScore); // of the negatives, so that NaN is last
    return order < 0 || order == 0 && index < otherIndex;
  }

  /** Puts an entry at a new place, and before it whatever it precedes. */
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

  /** Puts an entry in place of the top. */
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
