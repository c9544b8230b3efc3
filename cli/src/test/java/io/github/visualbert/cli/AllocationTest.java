package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.visualbert.VisualBert;
import io.github.visualbert.task.QuestionAnswering;
import io.github.visualbert.task.QuestionAnswering.Question;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a model that is warm leaves to the garbage collector. */
class AllocationTest {
  /** Bytes: a question's tokens and its answer take some 3 KB, each layer of objects more. */
  private static final long MOST = 4 << 10;

  private static final int ROUNDS = 60;
  private static final int ANSWERS = 5;

  /** All threads of the JVM count, so the least of many rounds says what the passes took. */
  @Test
  void aPassMakesNoObjectsButTheAnswer() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (VisualBert model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open()) {
      VisualFeatures picture = FeatureFile.read(Cli.DEMO.resolve("images/features/scene-1.npy"));
      QuestionAnswering task = model.questionAnswering();
      for (int batch : new int[] {1, 8}) {
        List<Question> questions =
            Collections.nCopies(batch, new Question("what colour is the ring?", picture));
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
          long before = threads.getTotalThreadAllocatedBytes();
          for (int i = 0; i < ANSWERS; i++) {
            task.answer(questions, 1);
          }
          least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
        }
        assertThat(least / ANSWERS / batch).as("bytes of a question of %d", batch).isLessThan(MOST);
      }
    }
  }
}
