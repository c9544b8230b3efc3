package io.github.visualbert.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKTest {
  private static final double[] FEW = {0, -0.0, 0.25, 0.5, 1, Double.NaN, Double.POSITIVE_INFINITY};

  @Test
  void areThoseOfASortWithTiesAndNumbersThatAreNone() {
    Random random = new Random(1);
    for (int length = 0; length <= 40; length++) {
      double[] scores = new double[length];
      for (int i = 0; i < length; i++) {
        scores[i] = random.nextBoolean() ? FEW[random.nextInt(FEW.length)] : random.nextDouble();
      }
      List<Integer> order = new ArrayList<>(IntStream.range(0, length).boxed().toList());
      order.sort(Comparator.comparingDouble((Integer i) -> -scores[i]).thenComparing(i -> i));
      for (int count = 0; count <= length; count++) {
        TopK best = new TopK(count);
        for (int i = 0; i < length; i++) {
          best.offer(i, scores[i]);
        }
        assertThat(best.toAnswers(i -> "answer " + i))
            .as("%d of %d", count, length)
            .isEqualTo(
                order.subList(0, count).stream()
                    .map(i -> new Answer("answer " + i, i, scores[i]))
                    .toList());
      }
    }
  }
}
